import Foundation
import FoundationXML
import Kernel
import Testing
import Twilio

@Suite("TwiML (J1)")
struct VoiceResponseTests {
    @Test("J1: the answer to a call always says what follows the stream")
    func connect() {
        let response = VoiceResponse([
            .connect(
                .init(
                    url: "wss://voice.example/media",
                    parameters: [.init("token", "v1.a&b\"<c>")],
                    action: "https://voice.example/twilio/continue",
                    statusCallback: "https://voice.example/twilio/stream"
                )
            ),
            .say("Einen Moment, bitte.", language: "de-DE"),
        ])
        expect(
            response,
            #"<Connect action="https://voice.example/twilio/continue" method="POST"><Stream "#
                + #"url="wss://voice.example/media" statusCallback="https://voice.example/twilio/stream" "#
                + #"statusCallbackMethod="POST"><Parameter name="token" value="v1.a&amp;b&quot;&lt;c&gt;"/></Stream>"#
                + #"</Connect><Say language="de-DE">Einen Moment, bitte.</Say>"#
        )
    }

    @Test("J1: a hand-over rings with whisper, events and an action")
    func dial() throws {
        let person = try #require(E164("+436601234567"))
        let response = VoiceResponse([
            .dial(
                .init(
                    numbers: [
                        .init(
                            person,
                            whisper: "https://voice.example/twilio/whisper?call=1&leg=2",
                            statusCallback: "https://voice.example/twilio/leg",
                            events: [.initiated, .ringing, .answered, .completed]
                        )
                    ],
                    callerID: try #require(E164("+4312345")),
                    timeoutSeconds: 20,
                    timeLimitSeconds: 3_600,
                    action: "https://voice.example/twilio/dialled"
                )
            )
        ])
        expect(
            response,
            #"<Dial action="https://voice.example/twilio/dialled" method="POST" timeout="20" timeLimit="3600" "#
                + #"callerId="+4312345"><Number url="https://voice.example/twilio/whisper?call=1&amp;leg=2" "#
                + #"method="POST" statusCallback="https://voice.example/twilio/leg" statusCallbackMethod="POST" "#
                + #"statusCallbackEvent="initiated ringing answered completed">+436601234567</Number></Dial>"#
        )
    }

    @Test("The whisper waits for a key and hangs up without one")
    func whisper() {
        let response = VoiceResponse([
            .gather(
                .init(
                    prompts: [.init("Anruf für Sie. Drücken Sie die 1.", language: "de-DE")],
                    digits: 1,
                    timeoutSeconds: 8,
                    action: "https://voice.example/twilio/accept"
                )
            ),
            .hangup,
        ])
        expect(
            response,
            #"<Gather action="https://voice.example/twilio/accept" method="POST" input="dtmf" numDigits="1" "#
                + #"timeout="8" actionOnEmptyResult="true"><Say language="de-DE">Anruf für Sie. Drücken Sie die 1."#
                + #"</Say></Gather><Hangup/>"#
        )
    }

    @Test func theOtherVerbs() {
        let response = VoiceResponse([
            .play(url: "https://voice.example/a.wav"), .pause(seconds: 1),
            .say(.init("Tom & Jerry <3", language: "de-AT", voice: "Polly.Hannah-Neural")),
            .redirect(to: "https://voice.example/twilio/voice"),
        ])
        expect(
            response,
            #"<Play>https://voice.example/a.wav</Play><Pause length="1"/><Say language="de-AT" "#
                + #"voice="Polly.Hannah-Neural">Tom &amp; Jerry &lt;3</Say><Redirect method="POST">"#
                + #"https://voice.example/twilio/voice</Redirect>"#
        )
        expect(VoiceResponse([.reject(.busy)]), #"<Reject reason="busy"/>"#)
    }

    @Test func anyTextSurvivesTheXML() throws {
        var random = SeededGenerator(seed: 3)
        let alphabet = Array("aä&<>\"'\n\t ]]>;#\u{2028}😀")
        for _ in 0..<300 {
            let text = "x" + String((0..<20).map { _ in alphabet.randomElement(using: &random) ?? "a" })
            let response = VoiceResponse([
                .say(.init(text, language: "de-DE")),
                .connect(
                    .init(url: "wss://a.example/m", parameters: [.init("n", text)], action: "https://a.example/c")
                ),
            ])
            #expect(response.problems().isEmpty)
            let seen = try XMLSight.read(response.render())
            #expect(seen.text == text)
            #expect(seen.attributes["value"] == text)
        }
    }

    @Test func whatXMLCannotCarryIsLeftOut() {
        let response = VoiceResponse([.say("a\u{0}b\u{1B}c\u{FFFE}d\re", language: "de-DE")])
        expect(response, #"<Say language="de-DE">abcd&#13;e</Say>"#)
    }

    @Test(
        "Twilio's objections are found",
        arguments: Documents.objectionable
    )
    func problems(document: String, rule: TwiMLProblem.Rule) {
        #expect(VoiceResponse.problems(in: document).contains { $0.rule == rule })
    }

    @Test(arguments: ["ws://127.0.0.1:8080/media", "ws://localhost/media", "ws://[::1]:80/media"])
    func plainWebSocketsAreForLoopback(url: String) {
        #expect(VoiceResponse.problems(in: Documents.connect(#"<Stream url="\#(url)"/>"#)).isEmpty)
    }

    private func expect(_ response: VoiceResponse, _ inside: String, at location: SourceLocation = #_sourceLocation) {
        #expect(response.render() == Documents.head + inside + "</Response>", sourceLocation: location)
        #expect(response.problems().isEmpty, sourceLocation: location)
        #expect(throws: Never.self, sourceLocation: location) { try XMLSight.read(response.render()) }
    }
}

/// What Foundation's parser sees in a document: all characters and the last value of each attribute.
private final class XMLSight: NSObject, XMLParserDelegate {
    struct Unreadable: Error {}

    private(set) var text = ""
    private(set) var attributes: [String: String] = [:]

    static func read(_ document: String) throws -> XMLSight {
        let sight = XMLSight()
        let parser = XMLParser(data: Data(document.utf8))
        parser.delegate = sight
        guard parser.parse() else { throw Unreadable() }
        return sight
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        text += string
    }

    func parser(
        _ parser: XMLParser,
        didStartElement elementName: String,
        namespaceURI: String?,
        qualifiedName qName: String?,
        attributes attributeDict: [String: String]
    ) {
        attributes.merge(attributeDict) { $1 }
    }
}

private enum Documents {
    static let head = #"<?xml version="1.0" encoding="UTF-8"?><Response>"#

    static let objectionable: [(String, TwiMLProblem.Rule)] = [
        (" <?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Hangup/></Response>", .unreadable),
        ("<Response><Hangup/></Response>", .unreadable), (#"<?xml version="1.0" encoding="UTF-8"?>"#, .unreadable),
        (#"<?xml version="1.0" encoding="UTF-8"?><Answer/>"#, .unreadable),
        (head + "<Hangup/>", .unreadable), (head + "<Hangup></Response>", .unreadable),
        (head + "<Hangup/></Response>x", .unreadable), (head + "<Say>a & b</Say></Response>", .unreadable),
        (head + #"<Say language="de" language="de">a</Say></Response>"#, .unreadable),
        (head + "</Response>", .silence), (head + "<Shout>a</Shout></Response>", .schema),
        (head + "<Say></Say></Response>", .schema), (head + #"<Say volume="1">a</Say></Response>"#, .schema),
        (head + "text<Hangup/></Response>", .schema), (head + "<Say>a<Pause/></Say></Response>", .schema),
        (head + "<Stream/></Response>", .schema), (head + #"<Pause length="x"/></Response>"#, .schema),
        (head + #"<Connect><Stream url="wss://a.example/m"/></Connect></Response>"#, .silence),
        (connect(#"<Stream url="https://a.example/m"/>"#), .streamScheme),
        (connect(#"<Stream url="ws://a.example/m"/>"#), .streamScheme),
        (connect(#"<Stream url="wss://a.example/m?x=1"/>"#), .streamURL),
        (connect(#"<Stream url="a.example/m"/>"#), .streamURL), (connect("<Stream/>"), .schema),
        (connect(#"<Stream url="wss://a.example/m" track="both_tracks"/>"#), .schema),
        (
            connect(
                #"<Stream url="wss://a.example/m"><Parameter name="n" value="\#(String(repeating: "a", count: 499))"/>"#
                    + "</Stream>"
            ),
            .schema
        ),
        (dial("<Number>+431</Number>", #" statusCallbackEvent="answered""#), .schema),
        (dial("<Number>0151</Number>"), .schema), (dial(""), .schema),
        (dial(String(repeating: "<Number>+431</Number>", count: 11)), .schema),
        (dial(#"<Number statusCallbackEvent="answered hungup">+431</Number>"#), .schema),
    ]

    static func connect(_ inside: String) -> String {
        head + #"<Connect action="/c">\#(inside)</Connect></Response>"#
    }

    private static func dial(_ inside: String, _ attributes: String = "") -> String {
        head + #"<Dial action="/d"\#(attributes)>\#(inside)</Dial></Response>"#
    }
}
