package import Kernel

/// The running calls of a tenant as somebody watches them: what is stored, and the changes since.
///
/// A change may come before what is stored says the same, or never: turns are told apart by their ordinals, and what
/// was read last decides which calls there are.
package struct LiveBoard: Sendable {
    package struct Entry: Sendable, Equatable {
        package fileprivate(set) var line: CallLine
        /// The last ones, in their order.
        package fileprivate(set) var turns: [TurnRecord]
        package fileprivate(set) var voice: LiveVoice
    }

    /// How many turns of a call are kept.
    package static let turns = 6

    /// Oldest call first.
    package private(set) var entries: [Entry] = []
    /// Whether something happened that only what is stored can tell.
    package private(set) var needsReading = true

    package init() {}

    /// Takes over what is stored.
    ///
    /// - Returns: the calls that look different now, and those that are over.
    package mutating func read(_ running: [RunningCall]) -> (changed: [CallID], gone: [CallID]) {
        needsReading = false
        let before = entries
        entries = running.map { call in
            let known = before.first { $0.line.id == call.line.id }
            return Entry(
                line: call.line,
                turns: Self.merged(known?.turns ?? [], call.turns),
                voice: call.line.state == .streaming ? known?.voice ?? .nobody : .nobody
            )
        }
        let changed = entries.filter { !before.contains($0) }.map(\.line.id)
        let gone = before.map(\.line.id).filter { id in !entries.contains { $0.line.id == id } }
        return (changed, gone)
    }

    /// - Returns: the call that looks different now.
    package mutating func apply(_ change: LiveChange) -> CallID? {
        switch change {
        case .call:
            needsReading = true
            return nil
        case .turn(let id, let turn):
            return update(id) { $0.turns = Self.merged($0.turns, [turn]) }
        case .voice(let id, let voice):
            return update(id) { $0.voice = voice }
        }
    }

    private mutating func update(_ id: CallID, _ change: (inout Entry) -> Void) -> CallID? {
        guard let index = entries.firstIndex(where: { $0.line.id == id }) else {
            needsReading = true
            return nil
        }
        let before = entries[index]
        change(&entries[index])
        return entries[index] == before ? nil : id
    }

    private static func merged(_ known: [TurnRecord], _ newer: [TurnRecord]) -> [TurnRecord] {
        var byOrdinal = Dictionary(known.map { ($0.ordinal, $0) }) { _, last in last }
        for turn in newer { byOrdinal[turn.ordinal] = turn }
        return byOrdinal.values.sorted { $0.ordinal < $1.ordinal }.suffix(turns).map { $0 }
    }
}
