import Foundation
import GRPCCore
import SwiftProtobuf

/// Google's spelling of what a recognition asks and answers.
enum GoogleRecognition {
    typealias Request = Google_Cloud_Speech_V2_StreamingRecognizeRequest
    typealias Response = Google_Cloud_Speech_V2_StreamingRecognizeResponse

    /// Google's limits are per request; a phrase beyond them would fail the whole stream.
    private static let maximumPhrases = 500
    private static let maximumPhraseLength = 100
    /// Keeps the first message within the 15 KB that a message may have.
    private static let maximumPhraseBytes = 10_000
    /// Google recommends 10 to 20 for names that matter; above that, words are heard that were not said.
    private static let boost: Float = 10

    static func recognizer(project: String, location: String) -> String {
        "projects/\(project)/locations/\(location)/recognizers/_"
    }

    static func metadata(token: String, recognizer: String) -> Metadata {
        var unreserved = CharacterSet.alphanumerics
        unreserved.insert(charactersIn: "-._~/")
        let routed = recognizer.addingPercentEncoding(withAllowedCharacters: unreserved) ?? recognizer
        return ["authorization": "Bearer \(token)", "x-goog-request-params": "recognizer=\(routed)"]
    }

    /// The first message of a stream; it carries no sound.
    static func configuration(_ settings: RecognitionSettings, language: String, recognizer: String) -> Request {
        .with { request in
            request.recognizer = recognizer
            request.streamingConfig = .with { streaming in
                streaming.config = .with { config in
                    config.explicitDecodingConfig = .with { decoding in
                        decoding.encoding = .mulaw
                        decoding.sampleRateHertz = 8_000
                        decoding.audioChannelCount = 1
                    }
                    config.model = settings.model
                    config.languageCodes = [language]
                    config.features = .with { $0.enableAutomaticPunctuation = true }
                    let phrases = phrases(settings.phrases)
                    if !phrases.isEmpty { config.adaptation = adaptation(phrases) }
                }
                streaming.streamingFeatures = .with { features in
                    features.interimResults = true
                    features.enableVoiceActivityEvents = true
                }
            }
        }
    }

    static func audio(_ bytes: [UInt8]) -> Request {
        .with { $0.audio = Data(bytes) }
    }

    static func phrases(_ phrases: [String]) -> [String] {
        var seen: Set<String> = []
        var bytes = 0
        var kept: [String] = []
        for phrase in phrases {
            let phrase = phrase.trimmingCharacters(in: .whitespacesAndNewlines)
            guard !phrase.isEmpty, phrase.count <= maximumPhraseLength, seen.insert(phrase).inserted else { continue }
            bytes += phrase.utf8.count
            guard kept.count < maximumPhrases, bytes <= maximumPhraseBytes else { break }
            kept.append(phrase)
        }
        return kept
    }

    private static func adaptation(_ phrases: [String]) -> Google_Cloud_Speech_V2_SpeechAdaptation {
        .with { adaptation in
            adaptation.phraseSets = [
                .with { set in
                    set.inlinePhraseSet = .with { inline in
                        inline.phrases = phrases.map { value in .with { $0.value = value } }
                        inline.boost = boost
                    }
                }
            ]
        }
    }

    /// What one response says, in the order in which it happened.
    static func events(_ response: Response) -> [RecognitionMachine.StreamEvent] {
        var events: [RecognitionMachine.StreamEvent] = []
        let offsetMs = milliseconds(response.speechEventOffset)
        if response.speechEventType == .speechActivityBegin { events.append(.speechBegan(offsetMs: offsetMs)) }
        // Interim results of one response follow one another: the stable part, then the part that may change.
        var interim: [String] = []
        for result in response.results {
            let text = (result.alternatives.first?.transcript ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
            if result.isFinal {
                let endMs = result.hasResultEndOffset ? milliseconds(result.resultEndOffset) : nil
                events.append(.final(text, endOffsetMs: endMs))
            } else if !text.isEmpty {
                interim.append(text)
            }
        }
        if !interim.isEmpty { events.append(.partial(interim.joined(separator: " "))) }
        if response.speechEventType == .speechActivityEnd { events.append(.speechEnded(offsetMs: offsetMs)) }
        return events
    }

    private static func milliseconds(_ duration: Google_Protobuf_Duration) -> Int {
        let milliseconds = Double(duration.seconds) * 1_000 + Double(duration.nanos) / 1_000_000
        // A day is longer than any stream; a value from the wire must not overflow.
        return Int(min(max(milliseconds, 0), 86_400_000))
    }
}
