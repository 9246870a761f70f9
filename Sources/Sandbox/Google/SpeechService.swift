import Foundation
import GRPCCore
import Speech
import SwiftProtobuf

/// Google's Speech-to-Text v2, as far as a telephone uses it: streaming recognition, held to the schema and the limits.
struct SpeechService: Google_Cloud_Speech_V2_Speech.ServiceProtocol {
    typealias Request = Google_Cloud_Speech_V2_StreamingRecognizeRequest
    typealias Response = Google_Cloud_Speech_V2_StreamingRecognizeResponse

    /// Google takes at most so many bytes of audio in one message.
    static let maximumMessage = 25_600
    static let maximumStreamMs = 305_000
    private static let models: Set<String> = [
        "telephony", "telephony_short", "long", "short", "latest_long", "latest_short", "chirp_2", "chirp_3",
    ]

    let account: ServiceAccount
    let faults: Faults
    let location: String

    func streamingRecognize(
        request: StreamingServerRequest<Request>,
        context: ServerContext
    ) async throws -> StreamingServerResponse<Response> {
        try GoogleDoor.check(request.metadata, account: account)
        let fault = faults.meet(.recognizer)
        try GoogleDoor.failAtOnce(fault)
        return StreamingServerResponse { writer in
            if fault == .stall {
                for try await _ in request.messages {}
                return [:]
            }
            try await recognize(request.messages, writer, breaksMidway: fault)
            return [:]
        }
    }

    private func recognize(
        _ messages: RPCAsyncSequence<Request, any Error>,
        _ writer: RPCWriter<Response>,
        breaksMidway fault: Fault?
    ) async throws {
        var session: RecognitionSession?
        var configuration = Google_Cloud_Speech_V2_StreamingRecognitionConfig()
        for try await message in messages {
            guard var current = session else {
                configuration = try open(message)
                session = RecognitionSession(silenceMs: silence(configuration))
                continue
            }
            guard case .audio(let audio)? = message.streamingRequest else {
                throw RPCError(code: .invalidArgument, message: "Malordered Data Received. Expected audio_content.")
            }
            guard audio.count <= Self.maximumMessage else {
                throw RPCError(
                    code: .invalidArgument,
                    message: "Request audio can be a maximum of \(Self.maximumMessage) bytes."
                )
            }
            let outputs = current.hear(muLaw(audio, configuration))
            session = current
            if current.receivedMs > Self.maximumStreamMs {
                throw RPCError(
                    code: .aborted,
                    message: "Exceeded maximum allowed stream duration of 305 seconds."
                )
            }
            if fault == .stallMidway || fault == .errorMidway, current.receivedMs > 1_000 {
                if fault == .stallMidway { continue }
                throw RPCError(code: .unavailable, message: "The service is currently unavailable.")
            }
            for output in outputs { try await write(output, writer, configuration) }
        }
        guard var current = session, fault != .stallMidway else { return }
        for output in current.finish() { try await write(output, writer, configuration) }
    }

    private func open(_ message: Request) throws -> Google_Cloud_Speech_V2_StreamingRecognitionConfig {
        guard case .streamingConfig(let configuration)? = message.streamingRequest else {
            throw invalid("Malordered Data Received. Expected streaming_config, but received audio_content.")
        }
        let parts = message.recognizer.split(separator: "/", omittingEmptySubsequences: false)
        let isName =
            parts.count == 6 && parts[0] == "projects" && parts[2] == "locations" && parts[4] == "recognizers"
            && parts.allSatisfy { !$0.isEmpty }
        guard isName else { throw invalid("Invalid resource field value in the request.") }
        guard parts[3] == location else {
            throw invalid("Expected resource location to be \(location), but found \(parts[3]) in resource name.")
        }
        let config = configuration.config
        guard Self.models.contains(config.model) else {
            throw invalid("The requested model \"\(config.model)\" does not exist in the location \"\(location)\".")
        }
        guard (1...3).contains(config.languageCodes.count), config.languageCodes.allSatisfy(isLanguage) else {
            throw invalid("Invalid recognition language code(s).")
        }
        guard case .explicitDecodingConfig(let decoding)? = config.decodingConfig else {
            throw invalid("No decoding config was given for headerless audio.")
        }
        guard decoding.encoding == .mulaw || decoding.encoding == .linear16, decoding.sampleRateHertz == 8_000,
            decoding.audioChannelCount <= 1
        else { throw invalid("Audio encoding not supported: expected MULAW or LINEAR16, 8000 Hz, one channel.") }
        let features = configuration.streamingFeatures
        if features.hasVoiceActivityTimeout, !features.enableVoiceActivityEvents {
            throw invalid("voice_activity_timeout needs enable_voice_activity_events.")
        }
        let phrases = config.adaptation.phraseSets.flatMap(\.inlinePhraseSet.phrases)
        guard phrases.count <= 1_200, phrases.allSatisfy({ (1...100).contains($0.value.count) }) else {
            throw invalid("Phrases must have 1 to 100 characters.")
        }
        return configuration
    }

    private func isLanguage(_ code: String) -> Bool {
        let parts = code.split(separator: "-")
        return (1...3).contains(parts.count) && (2...3).contains(parts[0].count)
            && code.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
    }

    private func silence(_ configuration: Google_Cloud_Speech_V2_StreamingRecognitionConfig) -> Int {
        switch configuration.streamingFeatures.endpointingSensitivity {
        case .supershort: 300
        case .short: 450
        default: 600
        }
    }

    private func muLaw(_ audio: Data, _ configuration: Google_Cloud_Speech_V2_StreamingRecognitionConfig) -> [UInt8] {
        let bytes = [UInt8](audio)
        guard configuration.config.explicitDecodingConfig.encoding == .linear16 else { return bytes }
        return stride(from: 0, to: bytes.count - 1, by: 2).map { index in
            MuLaw.encode(Int16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8))
        }
    }

    private func write(
        _ output: RecognitionSession.Output,
        _ writer: RPCWriter<Response>,
        _ configuration: Google_Cloud_Speech_V2_StreamingRecognitionConfig
    ) async throws {
        let features = configuration.streamingFeatures
        var response = Response()
        switch output {
        case .speechBegan(let atMs):
            guard features.enableVoiceActivityEvents else { return }
            response.speechEventType = .speechActivityBegin
            response.speechEventOffset = duration(atMs)
        case .speechEnded(let atMs):
            guard features.enableVoiceActivityEvents else { return }
            response.speechEventType = .speechActivityEnd
            response.speechEventOffset = duration(atMs)
        case .interim(let text, let endMs):
            guard features.interimResults else { return }
            response.results = [result(text, endMs: endMs, isFinal: false, configuration)]
        case .final(let text, let endMs):
            response.results = [result(text, endMs: endMs, isFinal: true, configuration)]
        }
        try await writer.write(response)
    }

    private func result(
        _ text: String,
        endMs: Int,
        isFinal: Bool,
        _ configuration: Google_Cloud_Speech_V2_StreamingRecognitionConfig
    ) -> Google_Cloud_Speech_V2_StreamingRecognitionResult {
        var alternative = Google_Cloud_Speech_V2_SpeechRecognitionAlternative()
        alternative.transcript = text
        if isFinal { alternative.confidence = text.contains("\u{FFFD}") ? 0.4 : 0.95 }
        var result = Google_Cloud_Speech_V2_StreamingRecognitionResult()
        result.alternatives = [alternative]
        result.isFinal = isFinal
        result.stability = isFinal ? 0 : 0.8
        result.resultEndOffset = duration(endMs)
        result.languageCode = configuration.config.languageCodes.first?.lowercased() ?? ""
        return result
    }

    private func duration(_ ms: Int) -> Google_Protobuf_Duration {
        Google_Protobuf_Duration(seconds: Int64(ms / 1_000), nanos: Int32(ms % 1_000 * 1_000_000))
    }

    private func invalid(_ message: String) -> RPCError {
        RPCError(code: .invalidArgument, message: message)
    }
}
