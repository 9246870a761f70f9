import Foundation

/// Opens the views of a small and of a large tenant in turn, so that both meet the same moods of the machine.
struct ListTrial: Sendable {
    struct Line: Sendable {
        let view: String
        /// Medians in milliseconds.
        let small: Double
        let large: Double
        let kilobytes: Int
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
            var times: [[Double]] = [[], []]
            var kilobytes = 0
            for round in 0..<(Self.warmUp + rounds) {
                for size in [0, 1].shuffled(using: &random) {
                    let (view, tenant) = size == 0 ? (small, world.small) : (large, world.large)
                    let answer = try await client.get(view.path, as: view.asker(of: tenant))
                    guard answer.status == 200 else {
                        throw UnexpectedAnswer(path: view.path, status: answer.status)
                    }
                    if round >= Self.warmUp { times[size].append(answer.milliseconds) }
                    kilobytes = max(kilobytes, (answer.body.count + 1_023) / 1_024)
                }
            }
            guard let first = Sample(times[0]), let second = Sample(times[1]) else { continue }
            lines.append(Line(view: small.name, small: first.median, large: second.median, kilobytes: kilobytes))
        }
        return lines
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
            [
                line.view, "\(line.small.text(1)) ms", "\(line.large.text(1)) ms", (line.large / line.small).text(2),
                "\(line.kilobytes)",
            ]
        }
        return TextTable([head] + rows, firstIsText: true).text
    }
}
