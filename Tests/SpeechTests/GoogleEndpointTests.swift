import Speech
import Testing

@Suite("Where Google's services are reached")
struct GoogleEndpointTests {
    @Test(
        "A host, with or without scheme and port",
        arguments: [
            ("eu-speech.googleapis.com", "eu-speech.googleapis.com", 443, false),
            ("eu-speech.googleapis.com:8443", "eu-speech.googleapis.com", 8_443, false),
            ("https://speech.example/", "speech.example", 443, false),
            ("http://127.0.0.1:9000", "127.0.0.1", 9_000, true),
            ("http://[::1]:9000", "::1", 9_000, true),
            ("http://sandbox", "sandbox", 80, true),
        ]
    )
    func parses(text: String, host: String, port: Int, isPlaintext: Bool) throws {
        let endpoint = try #require(GoogleEndpoint(text))
        #expect(endpoint.host == host)
        #expect(endpoint.port == port)
        #expect(endpoint.isPlaintext == isPlaintext)
    }

    @Test(
        "Anything else is none",
        arguments: [
            "", "http://", "host:", "host:0", "host:70000", "host:x", "http://host/path", "http://u@host", "a:b:c",
            "http://[::1", "http://[::1]x",
        ]
    )
    func refuses(text: String) {
        #expect(GoogleEndpoint(text) == nil)
    }

    @Test("Without an endpoint the location's own host is used, in the EU by default")
    func defaults() throws {
        let configuration = try GoogleSpeechConfiguration()
        #expect(configuration.location == "eu")
        #expect(configuration.speechEndpoint.host == "eu-speech.googleapis.com")
        #expect(configuration.textToSpeechEndpoint.host == "eu-texttospeech.googleapis.com")
        #expect(!configuration.speechEndpoint.isPlaintext)
        #expect(try GoogleSpeechConfiguration(location: "global").speechEndpoint.host == "speech.googleapis.com")
    }

    @Test("A setting that cannot be used is named")
    func problems() {
        #expect(throws: GoogleSpeechConfiguration.Problem.location) {
            try GoogleSpeechConfiguration(location: "eu/x")
        }
        #expect(throws: GoogleSpeechConfiguration.Problem.speechEndpoint) {
            try GoogleSpeechConfiguration(speechEndpoint: "http://")
        }
        #expect(throws: GoogleSpeechConfiguration.Problem.textToSpeechEndpoint) {
            try GoogleSpeechConfiguration(textToSpeechEndpoint: "a b")
        }
    }
}
