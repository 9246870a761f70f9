import Testing

@testable import LanguageModel

@Suite("Server-sent events")
struct ServerSentEventsTests {
    @Test(
        arguments: [
            ("data: a\n\ndata:b\n\n", ["a", "b"]), ("data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
            ("data: a\r\rdata: b\r\r", ["a", "b"]), (": keep-alive\n\ndata: a\n\n: x\n\n", ["a"]),
            ("data: a\ndata: b\ndata\n\n", ["a\nb\n"]), ("event: x\nid: 1\nretry: 5\ndata:  a\n\n", [" a"]),
            ("\u{FEFF}data: ä😀\n\n", ["ä😀"]), ("data: a\n\n\n\n", ["a"]), ("", []), ("data: [DONE]", ["[DONE]"]),
            ("data: a\n", ["a"]), ("database: x\n\n", []), ("data:\n\n", [""]),
        ]
    )
    func eventsAreReadHoweverTheyAreCut(text: String, expected: [String]) throws {
        let bytes = Array(text.utf8)
        for size in 1...max(1, bytes.count) {
            #expect(
                try read(stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] })
                    == expected
            )
        }
    }

    @Test func anEventBeyondTheBoundIsRefused() {
        #expect(throws: ModelError.answerTooLarge) {
            try read(["data: 1234567890"].map { Array($0.utf8)[...] }, bound: 10)
        }
        #expect(throws: ModelError.answerTooLarge) {
            try read([Array("data: 12345\ndata: 67890\n".utf8)[...]], bound: 14)
        }
    }

    @Test func whatIsNotTextIsRefused() {
        #expect(throws: ModelError.malformedAnswer) {
            try read([Array("data: ".utf8) + [0xFF, 0x0A, 0x0A]].map { $0[...] })
        }
    }

    private func read(_ pieces: [ArraySlice<UInt8>], bound: Int = 1_000) throws -> [String] {
        var reader = ServerSentEvents(maximumBytes: bound)
        var events: [String] = []
        for piece in pieces { events += try reader.append(piece) }
        if let last = try reader.finish() { events.append(last) }
        return events
    }
}
