import Kernel

/// One message taken apart once, whatever the order of its keys: the values that mean something to us, where they lie.
struct MediaStreamEnvelope {
    /// The members of `media`, found on the way because that message is the frequent one.
    struct Frame {
        var payload: JSONScanner.Text?
        var timestamp: JSONScanner.Value?
        var chunk: JSONScanner.Value?
        var track: JSONScanner.Text?
    }

    let scanner: JSONScanner
    private let bytes: UnsafeRawBufferPointer
    private(set) var event: JSONScanner.Text?
    private(set) var sequenceNumber: JSONScanner.Value?
    private(set) var frame = Frame()
    private var streamSid: JSONScanner.Value?
    private var start: JSONScanner.Value?
    private var dtmf: JSONScanner.Value?
    private var mark: JSONScanner.Value?

    init(_ bytes: UnsafeRawBufferPointer) throws(MediaStreamError) {
        self.bytes = bytes
        var scanner = JSONScanner(bytes)
        self.scanner = scanner
        guard scanner.takeObjectStart() else { throw .malformedJSON }
        var isFirst = true
        while let key = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            if scanner.equals(key, "media"), scanner.takeObjectStart() {
                try scanFrame(&scanner)
                continue
            }
            let value = try scanner.value()
            if scanner.equals(key, "event") {
                guard case .text(let name) = value else { throw .invalidField }
                try Self.set(&event, name)
            } else if scanner.equals(key, "sequenceNumber") {
                try Self.set(&sequenceNumber, value)
            } else if scanner.equals(key, "streamSid") {
                try Self.set(&streamSid, value)
            } else if scanner.equals(key, "start") {
                try Self.set(&start, value)
            } else if scanner.equals(key, "dtmf") {
                try Self.set(&dtmf, value)
            } else if scanner.equals(key, "mark") {
                try Self.set(&mark, value)
            }
        }
        try scanner.expectEnd()
    }

    /// Any event but `media`.
    func rareEvent(_ event: JSONScanner.Text) throws(MediaStreamError) -> MediaStreamEvent {
        if scanner.equals(event, "start") { return .start(try streamStart()) }
        if scanner.equals(event, "mark") { return .mark(try string(member("name", of: mark))) }
        if scanner.equals(event, "dtmf") { return .dtmf(try key(member("digit", of: dtmf))) }
        if scanner.equals(event, "stop") { return .stop }
        if scanner.equals(event, "connected") { return .connected }
        return .unknown(String((scanner.string(event) ?? "").prefix(64)))
    }

    /// A counter that may be missing but, if present, must be a whole number.
    func counter(_ value: JSONScanner.Value?) throws(MediaStreamError) -> Int? {
        guard let value else { return nil }
        guard let number = scanner.integer(value) else { throw .invalidField }
        return number
    }

    private mutating func scanFrame(_ scanner: inout JSONScanner) throws(MediaStreamError) {
        var isFirst = true
        while let key = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            let value = try scanner.value()
            if scanner.equals(key, "payload") {
                guard case .text(let text) = value else { throw .invalidField }
                try Self.set(&frame.payload, text)
            } else if scanner.equals(key, "timestamp") {
                try Self.set(&frame.timestamp, value)
            } else if scanner.equals(key, "chunk") {
                try Self.set(&frame.chunk, value)
            } else if scanner.equals(key, "track") {
                guard case .text(let text) = value else { throw .invalidField }
                try Self.set(&frame.track, text)
            }
        }
    }

    private func streamStart() throws(MediaStreamError) -> StreamStart {
        guard case .object = start else { throw .missingField }
        if let format = try member("mediaFormat", of: start) {
            let encoding = try string(member("encoding", of: format))
            let rate = scanner.integer(try member("sampleRate", of: format))
            let channels = scanner.integer(try member("channels", of: format))
            guard encoding == "audio/x-mulaw", rate == 8_000, channels == 1 else { throw .unsupportedFormat }
        }
        let ownStreamSid = try member("streamSid", of: start)
        guard let streamSid = StreamSid(try string(ownStreamSid ?? streamSid)),
            let callSid = CallSid(try string(member("callSid", of: start)))
        else { throw .invalidField }
        return StreamStart(
            streamSid: streamSid,
            callSid: callSid,
            accountSid: try accountSid(member("accountSid", of: start)),
            tracks: try strings(member("tracks", of: start)),
            parameters: try parameters(member("customParameters", of: start))
        )
    }

    private func accountSid(_ value: JSONScanner.Value?) throws(MediaStreamError) -> AccountSid? {
        guard let value else { return nil }
        guard let sid = AccountSid(try string(value)) else { throw .invalidField }
        return sid
    }

    private func key(_ value: JSONScanner.Value?) throws(MediaStreamError) -> Character {
        let text = try string(value)
        guard text.utf8.count == 1, let key = text.first, "0123456789*#ABCD".contains(key) else { throw .invalidField }
        return key
    }

    private func parameters(_ value: JSONScanner.Value?) throws(MediaStreamError) -> [String: String] {
        guard let value else { return [:] }
        guard case .object(let range) = value else { throw .invalidField }
        var result: [String: String] = [:]
        var scanner = JSONScanner(bytes, range)
        _ = scanner.takeObjectStart()
        while let key = try scanner.nextKey(isFirst: result.isEmpty) {
            guard let name = scanner.string(key) else { throw .invalidField }
            guard result.updateValue(try string(try scanner.value()), forKey: name) == nil else { throw .duplicateKey }
        }
        return result
    }

    private func strings(_ value: JSONScanner.Value?) throws(MediaStreamError) -> [String] {
        guard let value else { return [] }
        guard case .array(let range) = value else { throw .invalidField }
        var result: [String] = []
        var scanner = JSONScanner(bytes, range)
        while let element = try scanner.nextElement(isFirst: result.isEmpty) { result.append(try string(element)) }
        return result
    }

    private func string(_ value: JSONScanner.Value?) throws(MediaStreamError) -> String {
        guard let value else { throw .missingField }
        guard case .text(let text) = value, let string = scanner.string(text) else { throw .invalidField }
        return string
    }

    /// The member of that name, nil if it is missing or null.
    private func member(
        _ name: StaticString,
        of value: JSONScanner.Value?
    ) throws(MediaStreamError) -> JSONScanner.Value? {
        guard case .object(let range) = value else { throw .missingField }
        var scanner = JSONScanner(bytes, range)
        _ = scanner.takeObjectStart()
        var found: JSONScanner.Value?
        var isFirst = true
        while let key = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            let value = try scanner.value()
            if scanner.equals(key, name) { try Self.set(&found, value) }
        }
        if case .literal = found { return nil }
        return found
    }

    private static func set<Value>(_ slot: inout Value?, _ value: Value) throws(MediaStreamError) {
        guard slot == nil else { throw .duplicateKey }
        slot = value
    }
}
