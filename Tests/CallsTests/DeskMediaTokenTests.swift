import Foundation
import Kernel
import Testing

@testable import Calls

struct DeskMediaTokenTests {
    private let token = MediaToken(key: Secret("a key that every node knows"))
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test("10: the token is derived, so that a repeated webhook answers the same")
    func derived() throws {
        let call = try #require(CallSid("CA1"))
        let offer = StreamOffer(ordinal: 2, from: now)
        #expect(token.text(for: call, offer) == token.text(for: call, offer))
        #expect(token.ordinal(of: token.text(for: call, offer), for: call, at: now) == 2)
        #expect(token.text(for: call, offer).count < 400)
    }

    @Test("H5: a token that expired, was altered or belongs elsewhere opens nothing")
    func refused() throws {
        let call = try #require(CallSid("CA1"))
        let other = try #require(CallSid("CA2"))
        let text = token.text(for: call, StreamOffer(ordinal: 0, from: now))
        #expect(token.ordinal(of: text, for: call, at: now.addingTimeInterval(60)) == 0)
        #expect(token.ordinal(of: text, for: call, at: now.addingTimeInterval(61)) == nil)
        #expect(token.ordinal(of: text, for: other, at: now) == nil)
        #expect(MediaToken(key: Secret("another")).ordinal(of: text, for: call, at: now) == nil)
        for broken in [
            "", ".", "..", "0", "1" + text.dropFirst(), String(text.dropLast()), text + "0", text.uppercased() + "g",
            text.replacing("0.18", with: "0.19"),
        ] {
            #expect(token.ordinal(of: broken, for: call, at: now) == nil, "\(broken)")
        }
    }
}
