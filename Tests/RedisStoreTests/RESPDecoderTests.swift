import NIOCore
import RedisStore
import Testing

@Suite struct RESPDecoderTests {
    private let conversation =
        "+OK\r\n-ERR no\r\n:-42\r\n$-1\r\n$0\r\n\r\n$5\r\nh\r\nlo\r\n*-1\r\n*3\r\n:1\r\n*1\r\n$1\r\nx\r\n$2\r\nß\r\n"
    private let values: [RESPValue] = [
        .status("OK"), .error("ERR no"), .integer(-42), .bulk(nil), .bulk(""), .bulk("h\r\nlo"), .bulk(nil),
        .array([.integer(1), .array([.bulk("x")]), .bulk("ß")]),
    ]

    @Test func `a conversation reads the same in one piece and cut at every byte`() throws {
        for size in 1...conversation.utf8.count {
            var decoder = RESPDecoder()
            var rest = ByteBuffer(string: conversation)
            var read: [RESPValue] = []
            while rest.readableBytes > 0 {
                if var piece = rest.readSlice(length: min(size, rest.readableBytes)) { decoder.feed(&piece) }
                while let value = try decoder.next() { read.append(value) }
            }
            #expect(read == values)
        }
    }

    @Test(
        "what is not the protocol is refused",
        arguments: [
            "?\r\n", "$x\r\n", "$-2\r\n", "$999999999999\r\n", "*99999999\r\n", "$1\r\nxy\r\n", "+OK\rX", ":1.5\r\n",
            ":\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
        ]
    )
    func refused(text: String) {
        var decoder = RESPDecoder()
        var bytes = ByteBuffer(string: text)
        decoder.feed(&bytes)
        #expect(throws: RESPViolation()) { try decoder.next() }
    }

    @Test func `a line without an end is refused once it is too long`() {
        var decoder = RESPDecoder()
        var bytes = ByteBuffer(repeating: UInt8(ascii: "+"), count: RESPDecoder.lineLimit + 2)
        decoder.feed(&bytes)
        #expect(throws: RESPViolation()) { try decoder.next() }
    }

    @Test func `a command is an array of counted strings`() {
        var buffer = ByteBuffer()
        buffer.writeCommand(["SET", "schlüssel", "a\r\nb"])
        #expect(String(buffer: buffer) == "*3\r\n$3\r\nSET\r\n$10\r\nschlüssel\r\n$4\r\na\r\nb\r\n")
    }
}
