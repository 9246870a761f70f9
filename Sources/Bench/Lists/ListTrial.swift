import Foundation

/// Opens the views of a small and of a large tenant in turn, so that both meet the same moods of the machine.
struct ListTrial: Sendable {
    struct Line: Sendable {
        let view: String
        let small: Outcome
        let large: Outcome
        let kilobytes: Int
    }

    enum Outcome: Sendable, Equatable {
        /// The median in milliseconds.
        case shown(Double)
        /// Not shown, but answered with this status; it was not asked for again.
        case failed(Int)
    }

    private struct NoCursor: Error, CustomStringConvertible {
        let description = "the API named no place in the list of calls"
    }

    private struct CallsPage: Decodable {
        let nextCursor: String?

        private enum CodingKeys: String, CodingKey {
            case nextCursor = "next_cursor"
        }
    }

    private static let warmUp = 3

    let world: ListWorld
    /// How often each view is opened for each tenant.
    let rounds: Int

    func run(_ client: PageClient, using random: inout SeededRandom) async throws -> [Line] {
        let small = ListView.all(of: world.small, cursor: try await cursor(of: world.small, client))
        let large = ListView.all(of: world.large, cursor: try await cursor(of: world.large, client))
        var lines: [Line] = []
        for (small, large) in zip(small, large) {
            Progress.tell(small.name)
            var first = Asked(view: small, tenant: world.small)
            var second = Asked(view: large, tenant: world.large)
            for round in 0..<(Self.warmUp + rounds) {
                let counts = round >= Self.warmUp
                if Bool.random(using: &random) {
                    try await first.ask(client, counts: counts)
                    try await second.ask(client, counts: counts)
                } else {
                    try await second.ask(client, counts: counts)
                    try await first.ask(client, counts: counts)
                }
            }
            lines.append(
                Line(
                    view: small.name,
                    small: first.outcome,
                    large: second.outcome,
                    kilobytes: max(first.kilobytes, second.kilobytes)
                )
            )
        }
        return lines
    }

    private struct Asked {
        let view: ListView
        let tenant: ListTenant
        private(set) var kilobytes = 0
        private var times: [Double] = []
        private var failure: Int?

        init(view: ListView, tenant: ListTenant) {
            self.view = view
            self.tenant = tenant
        }

        mutating func ask(_ client: PageClient, counts: Bool) async throws {
            guard failure == nil else { return }
            let answer = try await client.get(view.path, as: view.asker(of: tenant))
            if answer.status != 200 { failure = answer.status }
            if counts { times.append(answer.milliseconds) }
            kilobytes = max(kilobytes, (answer.body.count + 1_023) / 1_024)
        }

        var outcome: Outcome { failure.map(Outcome.failed) ?? .shown(Sample(times)?.median ?? 0) }
    }

    /// A place behind nine of ten calls.
    private func cursor(of tenant: ListTenant, _ client: PageClient) async throws -> String {
        let path = "/api/v1/calls?limit=1&to=\(tenant.deep)"
        let answer = try await client.get(path, as: .key(tenant.key))
        guard answer.status == 200 else { throw UnexpectedAnswer(path: path, status: answer.status) }
        guard let cursor = try JSONDecoder().decode(CallsPage.self, from: Data(answer.body)).nextCursor else {
            throw NoCursor()
        }
        return cursor
    }
}

extension [ListTrial.Line] {
    func text(_ world: ListWorld) -> String {
        let head = ["view", "\(world.small.calls) calls", "\(world.large.calls) calls", "ratio", "KB"]
        let rows = map { line in
            [line.view, line.small.text, line.large.text, line.ratio, "\(line.kilobytes)"]
        }
        return TextTable([head] + rows, firstIsText: true).text
    }
}

extension ListTrial.Line {
    var ratio: String {
        guard case .shown(let small) = small, case .shown(let large) = large, small > 0 else { return "-" }
        return (large / small).text(2)
    }
}

extension ListTrial.Outcome {
    fileprivate var text: String {
        switch self {
        case .shown(let milliseconds): "\(milliseconds.text(1)) ms"
        case .failed(let status): "status \(status)"
        }
    }
}
