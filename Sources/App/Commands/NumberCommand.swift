import ArgumentParser
import Flows
import Foundation
import Kernel
import Localization
import Numbers
import PhoneNumbers
import Tenants

struct NumberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "number",
        abstract: "Telephone numbers and where they lead.",
        subcommands: [Assign.self, Direct.self, Release.self, Transfer.self, List.self, Parse.self]
    )

    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Claim a number for a tenant, checked at the carrier, and let it lead to a flow."
        )

        @Option(help: "The tenant's short name.") var tenant: String
        @Option(help: "The flow's name.") var flow: String
        @Argument(help: "The number as people write it.") var number: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(tenant)
                guard let region = Region(tenant.settings.region) else {
                    throw desk.terminal.refuse("region_unknown", ["region": tenant.settings.region])
                }
                try await desk.withFlows { flows in
                    guard let flow = try await flows.flow(tenant.id, name: flow) else {
                        throw desk.terminal.refuse("flow_unknown", ["flow": flow])
                    }
                    try await desk.withNumbers { numbers in
                        let claim = try await numbers.claim(
                            tenant.id,
                            typed: number,
                            region: region,
                            actor: desk.actor
                        )
                        let owned: OwnedNumber
                        switch claim {
                        case .claimed(let new), .alreadyOwned(let new): owned = new
                        case .refused(let refusal): throw desk.terminal.refuseNumber(number, refusal.code)
                        }
                        switch try await numbers.assign(tenant.id, owned.e164, to: flow, actor: desk.actor) {
                        case .assigned, .unchanged:
                            desk.terminal.say(
                                "number_assigned",
                                ["number": owned.e164.value, "tenant": tenant.slug.value, "flow": self.flow]
                            )
                        case .refused(let refusal): throw desk.terminal.refuseNumber(number, refusal.code)
                        }
                    }
                }
            }
        }
    }

    struct Direct: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let the carrier bring a number's calls to PUBLIC_BASE_URL."
        )

        @Option(help: "The tenant's short name.") var tenant: String
        @Option(help: "Why; it stands in the tenant's audit trail.") var reason: String
        @Argument(help: "The number in international form.") var number: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(tenant)
                guard let e164 = E164(number) else { throw desk.terminal.refuseNumber(number, "refusal_not_a_number") }
                try await desk.withNumbers { numbers in
                    guard numbers.canDirect else {
                        throw SettingProblems(problems: [SettingProblem(.publicBaseURL, "setting_missing")])
                    }
                    let outcome = try await numbers.direct(e164, of: tenant.id, actor: desk.actor, reason: reason)
                    if case .refused(let refusal) = outcome { throw desk.terminal.refuseNumber(number, refusal.code) }
                    desk.terminal.say("number_directed", ["number": e164.value])
                }
            }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give a number back; it rests for 30 days.")

        @Option(help: "The tenant's short name.") var tenant: String
        @Argument(help: "The number in international form.") var number: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(tenant)
                guard let e164 = E164(number) else { throw desk.terminal.refuseNumber(number, "refusal_not_a_number") }
                try await desk.withNumbers { numbers in
                    if let refusal = try await numbers.release(tenant.id, e164, actor: desk.actor) {
                        throw desk.terminal.refuseNumber(number, refusal.code)
                    }
                    desk.terminal.say("number_released", ["number": e164.value, "tenant": tenant.slug.value])
                }
            }
        }
    }

    struct Transfer: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move a number to another tenant without rest, after a fresh check at the carrier."
        )

        @Option(help: "The tenant that has it.") var from: String
        @Option(help: "The tenant that gets it.") var to: String
        @Option(help: "Why; it stands in both audit trails.") var reason: String
        @Argument(help: "The number in international form.") var number: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let source = try await desk.tenant(from)
                let target = try await desk.tenant(to)
                guard let e164 = E164(number) else { throw desk.terminal.refuseNumber(number, "refusal_not_a_number") }
                try await desk.withNumbers { numbers in
                    let claim = try await numbers.transfer(
                        e164,
                        from: source.id,
                        to: target.id,
                        actor: desk.actor,
                        reason: reason
                    )
                    if case .refused(let refusal) = claim { throw desk.terminal.refuseNumber(number, refusal.code) }
                    desk.terminal.say("number_transferred", ["number": e164.value, "tenant": target.slug.value])
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a tenant's numbers.")

        @Option(help: "The tenant's short name.") var tenant: String

        func run() async throws {
            try await OperatorDesk.run { desk in
                let tenant = try await desk.tenant(tenant)
                try await desk.withFlows { flows in
                    let names = Dictionary(
                        uniqueKeysWithValues: try await flows.flows(tenant.id).map { ($0.id, $0.name) }
                    )
                    try await desk.withNumbers { numbers in
                        for number in try await numbers.numbers(tenant.id) {
                            let flow = number.flow.flatMap { names[$0] } ?? "-"
                            print("\(number.e164.value)\t\(flow)\t\(number.typed)")
                        }
                    }
                }
            }
        }
    }

    struct Parse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Normalise typed numbers, one a line, from arguments or standard input.",
            discussion: "Prints E.164, kind and country, or a dash, the reason's code and the reason."
        )

        @Option(help: "Country in which numbers without a country code are read.") var region = "AT"
        @Flag(help: "One JSON object a line.") var json = false
        @Argument(help: "Typed numbers; standard input if there are none.") var numbers: [String] = []

        func run() async throws {
            let terminal = try Terminal()
            guard let region = Region(region) else { throw terminal.refuse("region_unknown", ["region": region]) }
            let parser = PhoneNumberParser()
            func report(_ typed: String) {
                let report = NumberParseReport(typed: typed, region: region, parser: parser)
                let explain: (String) -> String = { code in
                    terminal.catalog.text("numbers.refusal_\(code)", terminal.language)
                }
                print(json ? report.json(explain: explain) : report.line(explain: explain))
            }
            if numbers.isEmpty {
                while let line = readLine(strippingNewline: true) { report(line) }
            } else {
                numbers.forEach(report)
            }
        }
    }
}
