import Calls
import Kernel
import Synchronization

/// Sessions that decide as a test says and write down, per call, what their ears are told.
final class RecordingSessions: MediaSessions {
    /// What happened to a call, as words in the order of happening.
    final class Record: Sendable {
        private let stream: AsyncStream<String>
        private let feed: AsyncStream<String>.Continuation

        init() {
            (stream, feed) = AsyncStream.makeStream(of: String.self)
        }

        func add(_ word: String) {
            feed.yield(word)
        }

        func end(_ word: String) {
            feed.yield(word)
            feed.finish()
        }

        /// The next so many words.
        func next(_ count: Int) async -> [String] {
            var words: [String] = []
            guard count > 0 else { return words }
            for await word in stream {
                words.append(word)
                if words.count == count { break }
            }
            return words
        }

        /// Everything until the stream's end.
        func rest() async -> [String] {
            var words: [String] = []
            for await word in stream { words.append(word) }
            return words
        }
    }

    private final class Ears: CallEars {
        private let record: Record
        private let onHeard: (Int) -> Void

        init(_ record: Record, onHeard: @escaping (Int) -> Void) {
            self.record = record
            self.onHeard = onHeard
        }

        func heard(_ audio: UnsafeRawBufferPointer, atMs: Int) {
            let isWhole = audio.count == 160 && audio.allSatisfy { $0 == UInt8(atMs / 20 % 251) }
            record.add(isWhole ? "\(atMs)" : "broken sound at \(atMs)")
            onHeard(atMs)
        }

        func played(mark: String) { record.add("mark \(mark)") }
        func pressed(_ digit: Character) { record.add("digit \(digit)") }
        func setAlarm(id: Int, atMs: Int) { record.add("alarm \(id) \(atMs)") }
        func cancelAlarm(id: Int) { record.add("no alarm \(id)") }

        func ended(_ end: StreamEnd) {
            switch end {
            case .stopped: record.end("stopped")
            case .closedByPeer: record.end("closed by peer")
            case .closedByUs: record.end("closed by us")
            case .lost: record.end("lost")
            case .protocolError(let code): record.end("protocol error \(code)")
            }
        }
    }

    private let records = Mutex<[String: Record]>([:])
    private let lines = Mutex<[String: any MediaLine]>([:])
    private let decide: @Sendable (StreamOpening) async -> String?
    private let onHeard: @Sendable (any MediaLine, Int) -> Void

    /// - Parameters:
    ///   - decide: nil accepts, a code refuses.
    ///   - onHeard: called on the event loop with the time of each frame.
    init(
        decide: @escaping @Sendable (StreamOpening) async -> String? = { _ in nil },
        onHeard: @escaping @Sendable (any MediaLine, Int) -> Void = { _, _ in }
    ) {
        self.decide = decide
        self.onHeard = onHeard
    }

    func record(_ call: String = "CA1") -> Record {
        records.withLock { records in
            if let record = records[call] { return record }
            let record = Record()
            records[call] = record
            return record
        }
    }

    func line(_ call: String = "CA1") -> (any MediaLine)? {
        lines.withLock { $0[call] }
    }

    func open(_ opening: StreamOpening, line: any MediaLine) async -> StreamDecision {
        lines.withLock { $0[opening.callSid.value] = line }
        if let code = await decide(opening) { return .refused(code) }
        let record = record(opening.callSid.value)
        let onHeard = onHeard
        return .accepted { Ears(record) { onHeard(line, $0) } }
    }
}
