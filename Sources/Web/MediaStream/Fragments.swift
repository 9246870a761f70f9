/// Puts a message together that came in several frames. At most 64 frames and as many bytes as one frame may have.
struct Fragments {
    static let countLimit = 64

    private var bytes: [UInt8] = []
    private var count = 0
    private var isText = false
    private(set) var isOpen = false

    /// The whole message once its last frame is there.
    mutating func add(
        _ header: WebSocketWire.Header,
        _ payload: UnsafeRawBufferPointer
    ) throws(WebSocketWire.Violation) -> (isText: Bool, bytes: [UInt8])? {
        guard isOpen == (header.opcode == .continuation) else { throw .malformed }
        if !isOpen {
            isOpen = true
            isText = header.opcode == .text
        }
        count += 1
        guard count <= Self.countLimit, bytes.count + payload.count <= WebSocketWire.payloadLimit else {
            throw .tooLarge
        }
        bytes.append(contentsOf: payload)
        guard header.isFinal else { return nil }
        let message = (isText, bytes)
        self = Self()
        return message
    }
}
