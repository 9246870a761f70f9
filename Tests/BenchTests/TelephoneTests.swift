import Testing

@testable import Bench

@Suite("What the load understands of a media plane")
struct TelephoneTests {
    private func message(_ text: String) -> ServerMessage? {
        Array(text.utf8).withUnsafeBytes { ServerMessage($0) }
    }

    @Test("sound is as long as its base64 says", arguments: [("", 0), ("/w==", 1), ("//8=", 2), ("////", 3)])
    func media(payload: String, bytes: Int) {
        let text = #"{"event":"media","streamSid":"MZ1","media":{"payload":"\#(payload)"}}"#
        #expect(message(text) == .media(bytes: bytes))
    }

    @Test("marks, clears and others are told apart")
    func others() {
        #expect(message(#"{"event":"mark","streamSid":"MZ1","mark":{"name":"0.1.500.p"}}"#) == .mark("0.1.500.p"))
        #expect(message(#"{"event":"clear","streamSid":"MZ1"}"#) == .clear)
        #expect(message(#"{"event":"other"}"#) == nil)
        #expect(message("") == nil)
    }

    @Test("a mark comes back when everything before it has been played")
    func playedMarks() {
        var clock = PlayoutClock()
        clock.play(bytes: 800, at: 1_000)
        clock.mark("a", at: 1_000)
        clock.play(bytes: 800, at: 2_000)
        clock.mark("b", at: 2_000)
        #expect(clock.due(at: 100_000_999) == [])
        #expect(clock.due(at: 100_001_000) == ["a"])
        #expect(clock.due(at: 200_001_000) == ["b"])
        #expect(clock.due(at: 300_000_000) == [])
    }

    @Test("a clear returns what is outstanding and empties the buffer")
    func clearedMarks() {
        var clock = PlayoutClock()
        clock.play(bytes: 8_000, at: 0)
        clock.mark("a", at: 0)
        #expect(clock.clear(at: 500) == ["a"])
        clock.mark("b", at: 600)
        #expect(clock.due(at: 600) == ["b"])
    }
}
