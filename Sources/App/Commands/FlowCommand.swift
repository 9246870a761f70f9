import ArgumentParser
import Flows
import Foundation
import Kernel
import Localization
import Tenants

struct FlowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flow",
        abstract: "What the agent does: import, stage and publish.",
        subcommands: [Import.self, Stage.self, Publish.self, List.self]
    )

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Store a flow's JSON as a new draft.")

        @Option(help: "The tenant's short name.") var tenant: String
        @Option(help: "The flow's name.") var flow: String
        @Argument(help: "The JSON file; - for standard input.") var file: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(tenant)
                let json = try read(desk.terminal)
                try await desk.withFlows { flows in
                    switch try await flows.importDraft(tenant.id, name: flow, json: json, actor: desk.actor) {
                    case .imported(let version, let findings):
                        desk.terminal.list(findings)
                        desk.terminal.say("flow_imported", ["flow": flow, "version": "\(version.ordinal)"])
                    case .unchanged(let version, let findings):
                        desk.terminal.list(findings)
                        desk.terminal.say("flow_unchanged", ["flow": flow, "version": "\(version.ordinal)"])
                    case .refused(let findings):
                        desk.terminal.list(findings)
                        throw desk.terminal.refuse("flow_refused", ["flow": flow])
                    }
                }
            }
        }

        private func read(_ terminal: Terminal) throws -> String {
            do {
                let data =
                    file == "-"
                    ? try FileHandle.standardInput.readToEnd() ?? Data()
                    : try Data(contentsOf: URL(fileURLWithPath: file))
                return String(decoding: data, as: UTF8.self)
            } catch {
                throw terminal.refuse("file_unreadable", ["file": file])
            }
        }
    }

    struct Stage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make the newest draft the staged version.")

        @Option(help: "The tenant's short name.") var tenant: String
        @Option(help: "The flow's name.") var flow: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(tenant)
                try await desk.withFlows { flows in
                    let step = try await flows.stage(tenant.id, name: flow, actor: desk.actor)
                    try desk.terminal.report(step, done: "flow_staged", flow: flow)
                }
            }
        }
    }

    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the staged version live; running calls keep theirs."
        )

        @Option(help: "The tenant's short name.") var tenant: String
        @Option(help: "The flow's name.") var flow: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(tenant)
                try await desk.withFlows { flows in
                    let step = try await flows.publish(tenant.id, name: flow, actor: desk.actor)
                    try desk.terminal.report(step, done: "flow_published", flow: flow)
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a tenant's flows.")

        @Option(help: "The tenant's short name.") var tenant: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(tenant)
                try await desk.withFlows { flows in
                    for flow in try await flows.flows(tenant.id) {
                        let live = try await flows.current(tenant.id, flow: flow.id)
                        print("\(flow.name)\t\(live.map { "\($0.version)" } ?? "-")")
                    }
                }
            }
        }
    }
}

extension Terminal {
    func list(_ findings: [FlowFinding]) {
        for finding in findings {
            let word = text(finding.severity == .error ? "finding_error" : "finding_warning")
            complain("\(word) \(finding.pointer): \(finding.text(catalog, language))")
        }
    }

    func report(_ step: FlowLibrary.Step, done key: String, flow: String) throws {
        switch step {
        case .done(let version): say(key, ["flow": flow, "version": "\(version.ordinal)"])
        case .unchanged(let version): say("flow_unchanged", ["flow": flow, "version": "\(version.ordinal)"])
        case .refused(.unknownFlow): throw refuse("flow_unknown", ["flow": flow])
        case .refused(.nothingToStage): throw refuse("flow_nothing_to_stage", ["flow": flow])
        case .refused(.nothingToPublish): throw refuse("flow_nothing_to_publish", ["flow": flow])
        case .refused(.findings(let findings)):
            list(findings)
            throw refuse("flow_refused", ["flow": flow])
        }
    }
}
