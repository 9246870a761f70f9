/// Reads a `text/event-stream` (HTML standard, server-sent events) in pieces that may be cut anywhere.
///
/// Only `data` matters to us: comments and the other fields are passed over.
struct ServerSentEvents {
    private let maximumBytes: Int
    private var line: [UInt8] = []
    private var data: [UInt8]?
    private var endedWithReturn = false
    private var isAtStart = true

    /// - Parameter maximumBytes: the most that one event may hold.
    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Takes the next bytes and returns the data of the events they complete.
    mutating func append(_ bytes: some Sequence<UInt8>) throws(ModelError) -> [String] {
        var events: [String] = []
        for byte in bytes {
            // A return, a line feed and both together end a line, also if the two come in different pieces.
            if byte == UInt8(ascii: "\n"), endedWithReturn {
                endedWithReturn = false
                continue
            }
            endedWithReturn = byte == UInt8(ascii: "\r")
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if let event = try endLine() { events.append(event) }
            } else {
                line.append(byte)
                guard line.count + (data?.count ?? 0) <= maximumBytes else { throw .answerTooLarge }
            }
        }
        return events
    }

    /// The data of an event that the end of the stream completes. The standard would drop it, but some servers leave out
    /// the empty line after their last event.
    mutating func finish() throws(ModelError) -> String? {
        if !line.isEmpty, let event = try endLine() { return event }
        return try endLine()
    }

    private mutating func endLine() throws(ModelError) -> String? {
        defer { line.removeAll(keepingCapacity: true) }
        if isAtStart {
            isAtStart = false
            if line.starts(with: Self.byteOrderMark) { line.removeFirst(Self.byteOrderMark.count) }
        }
        guard !line.isEmpty else {
            guard let data else { return nil }
            self.data = nil
            guard let text = String(validating: data, as: UTF8.self) else { throw .malformedAnswer }
            return text
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        guard line[..<colon].elementsEqual("data".utf8) else { return nil }
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        if data == nil {
            data = Array(value)
        } else {
            data?.append(UInt8(ascii: "\n"))
            data?.append(contentsOf: value)
        }
        return nil
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}
