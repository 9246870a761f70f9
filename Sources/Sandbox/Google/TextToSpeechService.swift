import Foundation
import GRPCCore
import NIOPosix
import Speech

/// Google's Text-to-Speech, as far as a telephone uses it: batch and streaming, held to the schema and the limits.
struct TextToSpeechService: Google_Cloud_Texttospeech_V1_TextToSpeech.ServiceProtocol {
    typealias Messages = RPCAsyncSequence<Google_Cloud_Texttospeech_V1_StreamingSynthesizeRequest, any Error>
    typealias Audio = Google_Cloud_Texttospeech_V1_StreamingSynthesizeResponse

    static let maximumText = 5_000
    /// Streamed audio comes in pieces of 200 ms.
    private static let pieceSize = 1_600
    private static let families = [
        "Chirp3-HD-", "Chirp-HD-", "Standard-", "Wavenet-", "Neural2-", "Polyglot-", "Studio-", "News-",
    ]

    let account: ServiceAccount
    let faults: Faults
    let voice: SynthesisVoice

    func listVoices(
        request: ServerRequest<Google_Cloud_Texttospeech_V1_ListVoicesRequest>,
        context: ServerContext
    ) async throws -> ServerResponse<Google_Cloud_Texttospeech_V1_ListVoicesResponse> {
        try GoogleDoor.check(request.metadata, account: account)
        var response = Google_Cloud_Texttospeech_V1_ListVoicesResponse()
        for name in ["de-DE-Chirp3-HD-Leda", "de-DE-Chirp3-HD-Kore", "de-DE-Neural2-G", "en-US-Chirp3-HD-Leda"] {
            let language = String(name.prefix(5))
            guard request.message.languageCode.isEmpty || request.message.languageCode == language else { continue }
            var voice = Google_Cloud_Texttospeech_V1_Voice()
            voice.name = name
            voice.languageCodes = [language]
            voice.ssmlGender = .female
            voice.naturalSampleRateHertz = 24_000
            response.voices.append(voice)
        }
        return ServerResponse(message: response)
    }

    func synthesizeSpeech(
        request: ServerRequest<Google_Cloud_Texttospeech_V1_SynthesizeSpeechRequest>,
        context: ServerContext
    ) async throws -> ServerResponse<Google_Cloud_Texttospeech_V1_SynthesizeSpeechResponse> {
        try GoogleDoor.check(request.metadata, account: account)
        let fault = faults.meet(.synthesizer)
        try GoogleDoor.failAtOnce(fault)
        if fault == .stall || fault == .stallMidway { try await Task.sleep(for: .seconds(600)) }
        let message = request.message
        try check(voice: message.voice)
        try check(rate: message.audioConfig.speakingRate)
        let text: String
        switch message.input.inputSource {
        case .text(let plain): text = plain
        case .markup(let markup): text = markup
        case .ssml(let ssml): text = try plain(ssml: ssml)
        case nil: throw invalid("'input' must be set.")
        }
        try check(text: text)
        let sound = try await speak(text, message.voice, rate: message.audioConfig.speakingRate)
        guard message.audioConfig.sampleRateHertz == 0 || message.audioConfig.sampleRateHertz == 8_000 else {
            throw invalid("The sandbox synthesises at 8000 Hz.")
        }
        var response = Google_Cloud_Texttospeech_V1_SynthesizeSpeechResponse()
        switch message.audioConfig.audioEncoding {
        case .mulaw: response.audioContent = WaveFile.muLaw(sound)
        case .linear16: response.audioContent = WaveFile.linear(MuLaw.decode(sound), channels: 1, rate: 8_000)
        case .pcm: response.audioContent = pcm(sound)
        default: throw invalid("The sandbox synthesises MULAW, LINEAR16 and PCM.")
        }
        return ServerResponse(message: response)
    }

    func streamingSynthesize(
        request: StreamingServerRequest<Google_Cloud_Texttospeech_V1_StreamingSynthesizeRequest>,
        context: ServerContext
    ) async throws -> StreamingServerResponse<Audio> {
        try GoogleDoor.check(request.metadata, account: account)
        let fault = faults.meet(.synthesizer)
        try GoogleDoor.failAtOnce(fault)
        return StreamingServerResponse { writer in
            if fault == .stall {
                try await Task.sleep(for: .seconds(600))
                return [:]
            }
            try await synthesize(request.messages, writer, fault)
            return [:]
        }
    }

    private func synthesize(_ messages: Messages, _ writer: RPCWriter<Audio>, _ fault: Fault?) async throws {
        var configuration: Google_Cloud_Texttospeech_V1_StreamingSynthesizeConfig?
        for try await message in messages {
            guard let current = configuration else {
                configuration = try open(message)
                continue
            }
            guard case .input(let input)? = message.streamingRequest else {
                throw invalid("streaming_config must only be in the first message.")
            }
            let text: String
            switch input.inputSource {
            case .text(let plain): text = plain
            case .markup(let markup): text = markup
            case nil: throw invalid("'input' must be set.")
            }
            try check(text: text)
            let sound = try await speak(text, current.voice, rate: current.streamingAudioConfig.speakingRate)
            try await write(sound, current.streamingAudioConfig.audioEncoding, writer, fault)
        }
        guard configuration != nil else { throw invalid("The first message must be streaming_config.") }
    }

    private func write(
        _ sound: [UInt8],
        _ encoding: Google_Cloud_Texttospeech_V1_AudioEncoding,
        _ writer: RPCWriter<Audio>,
        _ fault: Fault?
    ) async throws {
        for start in stride(from: 0, to: sound.count, by: Self.pieceSize) {
            let piece = Array(sound[start..<min(start + Self.pieceSize, sound.count)])
            var response = Audio()
            response.audioContent = encoding == .pcm ? pcm(piece) : Data(piece)
            try await writer.write(response)
            switch fault {
            case .stallMidway: try await Task.sleep(for: .seconds(600))
            case .errorMidway: throw RPCError(code: .unavailable, message: "The service is currently unavailable.")
            default: break
            }
        }
    }

    private func open(
        _ message: Google_Cloud_Texttospeech_V1_StreamingSynthesizeRequest
    ) throws -> Google_Cloud_Texttospeech_V1_StreamingSynthesizeConfig {
        guard case .streamingConfig(let configuration)? = message.streamingRequest else {
            throw invalid("The first message must be streaming_config.")
        }
        try check(voice: configuration.voice)
        guard configuration.voice.name.contains("Chirp3-HD") else {
            throw invalid(
                "Currently, only Chirp 3: HD voices are supported for streaming synthesis. Use 'SynthesizeSpeech'."
            )
        }
        try check(rate: configuration.streamingAudioConfig.speakingRate)
        let encoding = configuration.streamingAudioConfig.audioEncoding
        guard [.mulaw, .pcm].contains(encoding) else {
            throw invalid("Unsupported audio encoding for streaming; the sandbox has MULAW and PCM.")
        }
        let rate = configuration.streamingAudioConfig.sampleRateHertz
        guard rate == 0 || rate == 8_000 else { throw invalid("The sandbox synthesises at 8000 Hz.") }
        return configuration
    }

    private func check(voice: Google_Cloud_Texttospeech_V1_VoiceSelectionParams) throws {
        let parts = voice.name.split(separator: "-", maxSplits: 2)
        guard parts.count == 3,
            Self.families.contains(where: { parts[2].hasPrefix($0) && parts[2].count > $0.count })
        else {
            throw invalid("Voice '\(voice.name)' does not exist. Is it misspelled?")
        }
        guard voice.languageCode == parts[0] + "-" + parts[1] else {
            throw invalid(
                "Requested language code '\(voice.languageCode)' doesn't match the voice '\(voice.name)'s language code "
                    + "'\(parts[0])-\(parts[1])'."
            )
        }
    }

    private func check(rate: Double) throws {
        guard rate == 0 || (0.25...2).contains(rate) else { throw invalid("speaking_rate must be in [0.25, 2.0].") }
    }

    private func check(text: String) throws {
        guard !text.isEmpty else { throw invalid("'input.text' must not be empty.") }
        guard text.utf8.count <= Self.maximumText else {
            throw invalid("'input.text' is longer than the limit of \(Self.maximumText) bytes.")
        }
    }

    private func plain(ssml: String) throws -> String {
        do {
            let root = try MarkupParser.parse(ssml)
            guard root.name == "speak" else { throw invalid("Invalid SSML.") }
            return ([root.text] + root.children.map(\.text)).joined(separator: " ")
        } catch is MarkupFailure {
            throw invalid("Invalid SSML.")
        }
    }

    private func speak(
        _ text: String,
        _ selection: Google_Cloud_Texttospeech_V1_VoiceSelectionParams,
        rate: Double
    ) async throws -> [UInt8] {
        let voice = voice
        let language = selection.languageCode
        guard voice == .espeak else { return try voice.speak(text, language: language, rate: 1) }
        do {
            // The program is waited for, which must not hold a cooperative thread.
            return try await NIOThreadPool.singleton.runIfActive {
                try voice.speak(text, language: language, rate: rate == 0 ? 1 : rate)
            }
        } catch EspeakVoice.Failure.notAvailable {
            throw RPCError(code: .internalError, message: "espeak-ng is not installed")
        }
    }

    private func pcm(_ sound: [UInt8]) -> Data {
        var data = Data(capacity: sound.count * 2)
        for sample in MuLaw.decode(sound) {
            data.append(UInt8(truncatingIfNeeded: sample))
            data.append(UInt8(truncatingIfNeeded: sample >> 8))
        }
        return data
    }

    private func invalid(_ message: String) -> RPCError {
        RPCError(code: .invalidArgument, message: message)
    }
}
