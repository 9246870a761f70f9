/// How Google's speech services are reached.
package struct GoogleSpeechConfiguration: Sendable {
    /// A setting that cannot be used.
    package enum Problem: String, Error, Sendable, Hashable {
        case location
        case speechEndpoint
        case textToSpeechEndpoint
    }

    /// A Google location, such as `eu` or `europe-west3`; part of the recogniser's name, and of the host unless an
    /// endpoint is given.
    package let location: String
    package let speechEndpoint: GoogleEndpoint
    package let textToSpeechEndpoint: GoogleEndpoint
    /// Connections per service. All calls share them; Google takes about 100 streams on each.
    package var connections = 4
    /// Until the first sound of a sentence, and between two portions of it.
    package var soundTimeout = Duration.seconds(5)
    package var recognition = RecognitionLimits()

    /// - Parameters:
    ///   - location: letters, digits and hyphens.
    ///   - speechEndpoint: nil or empty for the location's own host, which must match the location.
    ///   - textToSpeechEndpoint: likewise.
    /// - Throws: `Problem`, naming the setting.
    package init(
        location: String = "eu",
        speechEndpoint: String? = nil,
        textToSpeechEndpoint: String? = nil
    ) throws(Problem) {
        let isName = location.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard !location.isEmpty, isName else { throw .location }
        self.location = location
        self.speechEndpoint = try Self.endpoint(speechEndpoint, "speech", location, .speechEndpoint)
        self.textToSpeechEndpoint = try Self.endpoint(
            textToSpeechEndpoint,
            "texttospeech",
            location,
            .textToSpeechEndpoint
        )
    }

    private static func endpoint(
        _ text: String?,
        _ service: String,
        _ location: String,
        _ problem: Problem
    ) throws(Problem) -> GoogleEndpoint {
        guard let text, !text.isEmpty else { return GoogleEndpoint(service: service, location: location) }
        guard let endpoint = GoogleEndpoint(text) else { throw problem }
        return endpoint
    }
}
