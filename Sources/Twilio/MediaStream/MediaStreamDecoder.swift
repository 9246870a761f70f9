/// Reads the messages of one media stream.
///
/// `media`, which comes fifty times a second, is scanned where it lies and decoded into a buffer that is kept from frame
/// to frame; the rare events build the values they carry. Whoever reads the socket bounds the size of a message.
package struct MediaStreamDecoder: Sendable {
    private var storage: [UInt8]
    private var payloadCount = 0

    /// - Parameter payloadCapacity: bytes to keep for a frame's sound; a larger frame makes the buffer grow.
    package init(payloadCapacity: Int = 512) {
        storage = [UInt8](repeating: 0, count: payloadCapacity)
    }

    /// Decodes one whole message, which must be a JSON object and nothing else. Unknown keys and events are tolerated.
    package mutating func decode(_ message: UnsafeRawBufferPointer) throws(MediaStreamError) -> MediaStreamEvent {
        payloadCount = 0
        let envelope = try MediaStreamEnvelope(message)
        guard let event = envelope.event else { throw .missingField }
        if envelope.scanner.equals(event, "media") {
            return try media(envelope, message)
        }
        return try envelope.rareEvent(event)
    }

    /// The sound of the `media` message decoded last: raw mu-law, valid until the next `decode`.
    package func withPayload<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try storage.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<payloadCount])) }
    }

    private mutating func media(
        _ envelope: MediaStreamEnvelope,
        _ message: UnsafeRawBufferPointer
    ) throws(MediaStreamError) -> MediaStreamEvent {
        let frame = envelope.frame
        guard let payload = frame.payload, let timestamp = frame.timestamp else { throw .missingField }
        if let track = frame.track, !envelope.scanner.equals(track, "inbound") { return .unknown("media") }
        guard let timestampMs = envelope.scanner.integer(timestamp) else { throw .invalidField }

        let count: Int?
        if payload.hasEscapes {
            guard let unescaped = envelope.scanner.unescaped(payload) else { throw .malformedJSON }
            count = unescaped.withUnsafeBytes { store($0) }
        } else {
            count = store(UnsafeRawBufferPointer(rebasing: message[payload.range]))
        }
        guard let count else { throw .invalidBase64 }
        payloadCount = count
        return .media(
            timestampMs: timestampMs,
            sequence: try envelope.counter(envelope.sequenceNumber),
            chunk: try envelope.counter(frame.chunk),
            payloadCount: count
        )
    }

    /// Decodes base64 into the buffer and returns how many bytes it stands for; nil if it is not strict base64.
    private mutating func store(_ text: UnsafeRawBufferPointer) -> Int? {
        let bound = Base64.decodedBound(of: text.count)
        if storage.count < bound { storage.append(contentsOf: repeatElement(0, count: bound - storage.count)) }
        return storage.withUnsafeMutableBytes { Base64.decode(text, into: $0) }
    }
}
