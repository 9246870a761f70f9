import Kernel
import Testing

@testable import Twilio

@Suite("Twilio signatures (H4, H6)")
struct SignatureTests {
    private let token = [Secret("12345")]
    private let firstVector = [
        ("CallSid", "CA1234567890ABCDE"), ("Caller", "+14158675310"), ("Digits", "1234"), ("From", "+14158675310"),
        ("To", "+18005551212"),
    ]

    @Test func firstPublishedVectorIsAccepted() {
        #expect(
            TwilioSignature.isValid(
                header: "L/OH5YylLD5NRKLltdqwSvS0BnU=",
                url: "https://example.com/myapp.php?foo=1&bar=2",
                parameters: firstVector.reversed(),
                tokens: token
            )
        )
    }

    @Test func secondPublishedVectorIsAccepted() {
        let parameters = [
            ("Digits", "1234"), ("To", "+18005551212"), ("From", "+14158675309"), ("Caller", "+14158675309"),
            ("CallSid", "CA1234567890ABCDE"),
        ]
        #expect(
            TwilioSignature.isValid(
                header: "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
                url: "https://mycompany.com/myapp.php?foo=1&bar=2",
                parameters: parameters,
                tokens: token
            )
        )
    }

    @Test(
        "H4: every spelling of port and user that the carrier may sign",
        arguments: [
            ("https://a.example/x?y=1", "https://a.example/x?y=1"),
            ("https://a.example/x?y=1", "https://a.example:443/x?y=1"),
            ("https://a.example:443/x?y=1", "https://a.example/x?y=1"),
            ("https://a.example:8443/x?y=1", "https://a.example/x?y=1"),
            ("https://a.example:8443/x?y=1", "https://a.example:8443/x?y=1"),
            ("http://a.example/x", "http://a.example/x"),
            ("http://a.example/x", "http://a.example:80/x"),
            ("http://a.example:8080/x", "http://a.example:8080/x"),
            ("http://a.example:8080/x", "http://a.example/x"),
            ("https://user:pass@a.example:8443/x", "https://a.example/x"),
            ("https://user:p@ss@a.example/x", "https://a.example:443/x"),
            ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]/x"),
            ("https://[2001:db8::1]/x", "https://[2001:db8::1]:443/x"),
            ("https://a.example/x#rc=2&rp=ct", "https://a.example/x"),
            ("https://a.example/x?q=M%c3%BCller+%26", "https://a.example/x?q=M%c3%BCller+%26"),
        ]
    )
    func spellings(url: String, signed: String) {
        let header = Signing.header(for: signed, firstVector, token: "12345")
        #expect(TwilioSignature.isValid(header: header, url: url, parameters: firstVector, tokens: token))
    }

    @Test(
        "H4: a query that the carrier escapes, leaves or writes anew",
        arguments: [
            // Left as it is by us, escaped by a URL parser on the other side.
            ("https://a.example/x?name=O'Neil", "https://a.example/x?name=O%27Neil"),
            // Decoded and written anew: ' is not escaped, a space is %20, repeated names come together.
            ("https://a.example/x?name=O%27Neil", "https://a.example/x?name=O'Neil"),
            ("https://a.example/x?a=b+c&flag", "https://a.example:443/x?a=b%20c&flag="),
            ("https://a.example/x?a=1&b=2&a=3", "https://a.example/x?a=1&a=3&b=2"),
            ("https://a.example/x?a=%e4%c3%a4%zz", "https://a.example/x?a=%EF%BF%BD%C3%A4%25zz"),
        ]
    )
    func queries(url: String, signed: String) {
        let header = Signing.header(for: signed, [], token: "12345")
        #expect(TwilioSignature.isValid(header: header, url: url, parameters: [], tokens: token))
    }

    @Test(
        "Another place is not accepted",
        arguments: [
            "https://b.example/x", "http://a.example/x", "https://a.example/y", "https://a.example/x/",
            "https://a.example/x?", "https://a.example:444/x", "https://a.example/X",
        ]
    )
    func otherURL(signed: String) {
        let header = Signing.header(for: signed, [], token: "12345")
        #expect(!TwilioSignature.isValid(header: header, url: "https://a.example/x", parameters: [], tokens: token))
    }

    @Test func valuesOfARepeatedNameCountOnceEachAndSorted() {
        let url = "https://a.example/x"
        let header = Signing.header(for: url, [("A", "1"), ("A", "2"), ("B", "")], token: "12345")
        let sent = [("A", "2"), ("B", ""), ("A", "1"), ("A", "2")]
        #expect(TwilioSignature.isValid(header: header, url: url, parameters: sent, tokens: token))
    }

    @Test func valuesAreComparedByBytesAndNotTrimmed() {
        let url = "https://a.example/x"
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        let header = Signing.header(for: url, [("A", decomposed), ("A", composed), ("B", " x ")], token: "12345")
        let both = [("A", composed), ("B", " x "), ("A", decomposed)]
        #expect(TwilioSignature.isValid(header: header, url: url, parameters: both, tokens: token))
        let one = [("A", composed), ("B", " x ")]
        #expect(!TwilioSignature.isValid(header: header, url: url, parameters: one, tokens: token))
        let trimmed = [("A", composed), ("A", decomposed), ("B", "x")]
        #expect(!TwilioSignature.isValid(header: header, url: url, parameters: trimmed, tokens: token))
    }

    @Test func bothTokensAreAcceptedWhileTheyAreBeingChanged() {
        let url = "https://a.example/x"
        let header = Signing.header(for: url, [], token: "new")
        let both = [Secret("old"), Secret("new")]
        #expect(TwilioSignature.isValid(header: header, url: url, parameters: [], tokens: both))
        #expect(!TwilioSignature.isValid(header: header, url: url, parameters: [], tokens: [Secret("old")]))
    }

    @Test("H6: without a token nothing is valid")
    func noToken() {
        let url = "https://a.example/x"
        let header = Signing.header(for: url, [], token: "")
        #expect(!TwilioSignature.isValid(header: header, url: url, parameters: [], tokens: []))
        #expect(!TwilioSignature.isValid(header: header, url: url, parameters: [], tokens: [Secret("")]))
    }

    @Test(
        "Broken headers and URLs are refused",
        arguments: [
            ("", "https://a.example/x"), ("AAAA", "https://a.example/x"), ("x", "no url"), ("x", "https://"),
            ("x", ""), ("ä", "://a/b"),
            (Signing.header(for: "https://a.example/x", [], token: "12345"), "https://a.example:443x/x"),
            (Signing.header(for: "https://a.example/x", [], token: "12345"), "https://a.example:70000/x"),
        ]
    )
    func broken(header: String, url: String) {
        #expect(!TwilioSignature.isValid(header: header, url: url, parameters: [], tokens: token))
    }

    @Test func aBodyThatIsNotAFormIsHeldAgainstItsHash() {
        // SHA-256 of `{"a":1}`, computed elsewhere.
        let hash = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
        let url = "https://a.example/x?y=1&bodySHA256=\(hash)"
        let header = Signing.header(for: url, [], token: "12345")
        let body = Array(#"{"a":1}"#.utf8)
        #expect(TwilioSignature.isValid(header: header, url: url, body: body, tokens: token))
        #expect(!TwilioSignature.isValid(header: header, url: url, body: body + [0x20], tokens: token))
        #expect(!TwilioSignature.isValid(header: header, url: url, body: body, tokens: [Secret("x")]))
        let bare = "https://a.example/x"
        let bareHeader = Signing.header(for: bare, [], token: "12345")
        #expect(!TwilioSignature.isValid(header: bareHeader, url: bare, body: body, tokens: token))
    }

    @Test(
        "H5: the handshake is accepted with and without a slash at its end",
        arguments: [
            ("wss://a.example/media", "wss://a.example/media"), ("wss://a.example/media", "wss://a.example/media/"),
            ("wss://a.example/media/", "wss://a.example/media"), ("wss://a.example", "wss://a.example/"),
            ("wss://a.example:8443/media", "wss://a.example/media/"),
            ("wss://a.example/media", "wss://a.example:443/media"),
            ("ws://127.0.0.1:9000/media", "ws://127.0.0.1:9000/media"),
        ]
    )
    func handshake(url: String, signed: String) {
        let header = Signing.header(for: signed, [], token: "12345")
        #expect(TwilioSignature.isValidHandshake(header: header, url: url, tokens: token))
        #expect(!TwilioSignature.isValidHandshake(header: header, url: url + "x", tokens: token))
        #expect(!TwilioSignature.isValidHandshake(header: header, url: url, tokens: [Secret("54321")]))
    }

    @Test func everyAlteredByteOfTheHeaderIsRefused() {
        let url = "https://a.example/x"
        let header = Array(Signing.header(for: url, firstVector, token: "12345").utf8)
        for index in header.indices {
            var altered = header
            altered[index] ^= 1
            let text = String(decoding: altered, as: UTF8.self)
            #expect(!TwilioSignature.isValid(header: text, url: url, parameters: firstVector, tokens: token))
        }
    }

    @Test func theJudgeAnswersLineByLine() {
        let url = "https://a.example/x"
        let header = Signing.header(for: url, [("A", "ä")], token: "12345")
        let line = #"{"header":"\#(header)","url":"\#(url)","params":[["A","\u00e4"]],"token":"12345"}"#
        #expect(SignatureJudge.respond(line: line) == #"{"valid":true}"#)
        #expect(
            SignatureJudge.respond(line: line.replacing(#""12345""#, with: #"["1","12345"]"#)) == #"{"valid":true}"#
        )
        #expect(SignatureJudge.respond(line: line.replacing("u00e4", with: "u00e5")) == #"{"valid":false}"#)
        #expect(SignatureJudge.respond(line: "{}") == #"{"error":"malformed"}"#)
    }
}
