import Foundation
import GRPCCore
import SwiftProtobuf

/// Google's spelling of what a synthesis asks.
enum GoogleSynthesis {
    typealias StreamingRequest = Google_Cloud_Texttospeech_V1_StreamingSynthesizeRequest
    typealias BatchRequest = Google_Cloud_Texttospeech_V1_SynthesizeSpeechRequest

    /// Of one request, in UTF-8.
    static let maximumTextBytes = 5_000
    private static let speakingRates = 0.25...2.0

    /// Only these voices can be streamed.
    static func isStreamed(_ voice: Voice) -> Bool { voice.name.contains("Chirp3-HD") }

    static func metadata(token: String) -> Metadata { ["authorization": "Bearer \(token)"] }

    static func configuration(_ voice: Voice) -> StreamingRequest {
        .with { request in
            request.streamingConfig = .with { config in
                config.voice = selection(voice)
                config.streamingAudioConfig = .with { audio in
                    audio.audioEncoding = .mulaw
                    audio.sampleRateHertz = 8_000
                    audio.speakingRate = rate(voice)
                }
            }
        }
    }

    static func input(_ text: String) -> StreamingRequest {
        .with { request in request.input = .with { $0.text = text } }
    }

    static func batch(_ text: String, _ voice: Voice) -> BatchRequest {
        .with { request in
            request.input = .with { $0.text = text }
            request.voice = selection(voice)
            request.audioConfig = .with { audio in
                audio.audioEncoding = .mulaw
                audio.sampleRateHertz = 8_000
                audio.speakingRate = rate(voice)
            }
        }
    }

    private static func selection(_ voice: Voice) -> Google_Cloud_Texttospeech_V1_VoiceSelectionParams {
        .with { selection in
            selection.languageCode = voice.language
            selection.name = voice.name
        }
    }

    private static func rate(_ voice: Voice) -> Double {
        voice.speakingRate.isFinite
            ? min(max(voice.speakingRate, speakingRates.lowerBound), speakingRates.upperBound) : 1
    }
}
