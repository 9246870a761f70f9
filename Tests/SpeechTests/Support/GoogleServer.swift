import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import Speech
import SwiftProtobuf
import Synchronization

/// How a server of these tests fails when it is asked to.
enum ServerFailure: Sendable {
    case unavailable
    case aborted
    case internalError
    case permissionDenied
    case resourceExhausted

    var error: RPCError {
        let code: RPCError.Code =
            switch self {
            case .unavailable: .unavailable
            case .aborted: .aborted
            case .internalError: .internalError
            case .permissionDenied: .permissionDenied
            case .resourceExhausted: .resourceExhausted
            }
        return RPCError(code: code, message: "as asked")
    }
}

/// Google's recogniser as far as these tests need it: strict about what it is sent, and able to fail on request.
final class SpeechService: Google_Cloud_Speech_V2_Speech.SimpleServiceProtocol {
    struct Behaviour {
        var pauseMs = 500
        /// By how many messages of sound the answers lag behind.
        var lag = 0
        /// Fails the stream of this number once it has heard so much.
        var failures: [Int: (afterMs: Int, failure: ServerFailure)] = [:]
        /// Ends the stream of this number without an error once it has heard so much.
        var earlyEnds: [Int: Int] = [:]
        var refusedLanguages: Set<String> = []
        var acceptedToken = "token-1"
        var acceptsAnyToken = true
    }

    struct Record {
        var streamsMs: [Int] = []
        var findings: [String] = []
        var configurations: [Google_Cloud_Speech_V2_StreamingRecognizeRequest] = []
        var tokens: [String] = []
    }

    private let behaviour: Behaviour
    private let record = Mutex(Record())

    init(_ behaviour: Behaviour = Behaviour()) {
        self.behaviour = behaviour
    }

    var seen: Record { record.withLock { $0 } }

    /// Of all streams together.
    var heardMs: Int { record.withLock { $0.streamsMs.reduce(0, +) } }

    func streamingRecognize(
        request: StreamingServerRequest<Google_Cloud_Speech_V2_StreamingRecognizeRequest>,
        context: ServerContext
    ) async throws -> StreamingServerResponse<Google_Cloud_Speech_V2_StreamingRecognizeResponse> {
        let token = request.metadata[stringValues: "authorization"].joined(separator: ",")
        let route = request.metadata[stringValues: "x-goog-request-params"].joined(separator: ",")
        record.withLock { $0.tokens.append(token) }
        guard behaviour.acceptsAnyToken || token == "Bearer \(behaviour.acceptedToken)" else {
            throw RPCError(code: .unauthenticated, message: "token")
        }
        return StreamingServerResponse { writer in
            try await self.recognize(request.messages, route: route, writer)
            return [:]
        }
    }

    func streamingRecognize(
        request: RPCAsyncSequence<Google_Cloud_Speech_V2_StreamingRecognizeRequest, any Error>,
        response: RPCWriter<Google_Cloud_Speech_V2_StreamingRecognizeResponse>,
        context: ServerContext
    ) async throws {
        try await recognize(request, route: "", response)
    }

    private func recognize(
        _ requests: RPCAsyncSequence<Google_Cloud_Speech_V2_StreamingRecognizeRequest, any Error>,
        route: String,
        _ writer: RPCWriter<Google_Cloud_Speech_V2_StreamingRecognizeResponse>
    ) async throws {
        var listener = WordListener(pauseMs: behaviour.pauseMs)
        var waiting: [[WordListener.Heard]] = []
        var number = -1
        for try await request in requests {
            if number < 0 {
                number = try open(request, route: route)
                continue
            }
            check(request)
            waiting.append(listener.hear(request.audio))
            record.withLock { $0.streamsMs[number] = listener.ms }
            while waiting.count > behaviour.lag { try await say(waiting.removeFirst(), writer) }
            if listener.ms > 305_000 { throw RPCError(code: .aborted, message: "too long") }
            if let end = behaviour.earlyEnds[number], listener.ms >= end { return }
            if let failure = behaviour.failures[number], listener.ms >= failure.afterMs {
                throw failure.failure.error
            }
        }
        for heard in waiting { try await say(heard, writer) }
        try await say(listener.finish(), writer)
    }

    private func open(_ request: Google_Cloud_Speech_V2_StreamingRecognizeRequest, route: String) throws -> Int {
        let config = request.streamingConfig
        let decoding = config.config.explicitDecodingConfig
        let isRight =
            request.streamingRequest == .streamingConfig(config) && decoding.encoding == .mulaw
            && decoding.sampleRateHertz == 8_000 && decoding.audioChannelCount == 1
            && !config.config.model.isEmpty && config.config.languageCodes.count == 1
            && config.streamingFeatures.interimResults && config.streamingFeatures.enableVoiceActivityEvents
            && route == "recognizer=\(request.recognizer)"
        if !isRight { find("configuration") }
        let number = record.withLock { record in
            record.configurations.append(request)
            record.streamsMs.append(0)
            return record.streamsMs.count - 1
        }
        if let language = config.config.languageCodes.first, behaviour.refusedLanguages.contains(language) {
            throw RPCError(code: .invalidArgument, message: "language")
        }
        return number
    }

    private func check(_ request: Google_Cloud_Speech_V2_StreamingRecognizeRequest) {
        if request.streamingRequest != .audio(request.audio) { find("not audio") }
        if request.audio.isEmpty { find("empty audio") }
        if request.audio.count > 15_000 { find("large audio") }
        if !request.recognizer.isEmpty { find("recognizer repeated") }
    }

    private func find(_ finding: String) {
        record.withLock { $0.findings.append(finding) }
    }

    private func say(
        _ heard: [WordListener.Heard],
        _ writer: RPCWriter<Google_Cloud_Speech_V2_StreamingRecognizeResponse>
    ) async throws {
        for item in heard {
            try await writer.write(
                .with { response in
                    switch item {
                    case .began(let ms):
                        response.speechEventType = .speechActivityBegin
                        response.speechEventOffset = Self.duration(ms)
                    case .ended(let ms):
                        response.speechEventType = .speechActivityEnd
                        response.speechEventOffset = Self.duration(ms)
                    case .partial(let text):
                        response.results = [.with { $0.alternatives = [.with { $0.transcript = text }] }]
                    case .final(let text, let endMs):
                        response.results = [
                            .with { result in
                                result.isFinal = true
                                result.alternatives = [.with { $0.transcript = " " + text }]
                                result.resultEndOffset = Self.duration(endMs)
                            }
                        ]
                    }
                }
            )
        }
    }

    private static func duration(_ ms: Int) -> Google_Protobuf_Duration {
        .with { duration in
            duration.seconds = Int64(ms / 1_000)
            duration.nanos = Int32(ms % 1_000 * 1_000_000)
        }
    }
}

/// Google's synthesiser: each byte of a text is spoken as 100 bytes of it.
final class TextToSpeechService: Google_Cloud_Texttospeech_V1_TextToSpeech.SimpleServiceProtocol {
    struct Record {
        var streamed: [Google_Cloud_Texttospeech_V1_StreamingSynthesizeRequest] = []
        var batched: [Google_Cloud_Texttospeech_V1_SynthesizeSpeechRequest] = []
    }

    /// How the first requests fail; one is taken from the front for each.
    private let failures: Mutex<[ServerFailure]>
    /// Says nothing and never ends.
    private let isStuck: Bool
    private let record = Mutex(Record())

    init(failures: [ServerFailure] = [], isStuck: Bool = false) {
        self.failures = Mutex(failures)
        self.isStuck = isStuck
    }

    var seen: Record { record.withLock { $0 } }

    static func sound(_ text: String) -> [UInt8] { text.utf8.flatMap { [UInt8](repeating: $0, count: 100) } }

    func listVoices(
        request: Google_Cloud_Texttospeech_V1_ListVoicesRequest,
        context: ServerContext
    ) async throws -> Google_Cloud_Texttospeech_V1_ListVoicesResponse {
        .init()
    }

    func synthesizeSpeech(
        request: Google_Cloud_Texttospeech_V1_SynthesizeSpeechRequest,
        context: ServerContext
    ) async throws -> Google_Cloud_Texttospeech_V1_SynthesizeSpeechResponse {
        record.withLock { $0.batched.append(request) }
        try await misbehave()
        let sound = Self.sound(request.input.text)
        return .with { $0.audioContent = Data(WaveFile.bytes(sound: sound)) }
    }

    func streamingSynthesize(
        request: RPCAsyncSequence<Google_Cloud_Texttospeech_V1_StreamingSynthesizeRequest, any Error>,
        response: RPCWriter<Google_Cloud_Texttospeech_V1_StreamingSynthesizeResponse>,
        context: ServerContext
    ) async throws {
        try await misbehave()
        for try await message in request {
            record.withLock { $0.streamed.append(message) }
            let sound = Self.sound(message.input.text)
            for start in stride(from: 0, to: sound.count, by: 1_000) {
                let portion = sound[start..<min(start + 1_000, sound.count)]
                try await response.write(.with { $0.audioContent = Data(portion) })
            }
        }
    }

    private func misbehave() async throws {
        if isStuck { try await TestTime.forever() }
        let failure = failures.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let failure { throw failure.error }
    }
}

enum WaveFile {
    static func bytes(sound: [UInt8], formatTag: UInt8 = 7, rate: Int = 8_000, extra: [UInt8] = []) -> [UInt8] {
        func integer(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) } }
        func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
            Array(name.utf8) + integer(body.count, 4) + body + (body.count % 2 == 1 ? [0] : [])
        }
        let format =
            integer(Int(formatTag), 2) + integer(1, 2) + integer(rate, 4) + integer(rate, 4)
            + integer(1, 2) + integer(8, 2) + integer(0, 2)
        let body =
            Array("WAVE".utf8) + chunk("fmt ", format) + (extra.isEmpty ? [] : chunk("LIST", extra))
            + chunk("data", sound)
        return Array("RIFF".utf8) + integer(body.count, 4) + body
    }
}

/// Serves on a free port of the loopback address while `body` runs; its argument is the endpoint.
///
/// The server goes on until the process ends: one that is stopped while it accepts a connection ends the process
/// (`NIOAsyncWriter` is released without `finish`), and a client may be about to connect at any time.
func withServer<Result: Sendable>(
    _ services: [any RegistrableRPCService],
    _ body: (String) async throws -> Result
) async throws -> Result {
    let server = GRPCServer(
        transport: HTTP2ServerTransport.Posix(
            address: .ipv4(host: "127.0.0.1", port: 0),
            transportSecurity: .plaintext
        ),
        services: services
    )
    Task { try await server.serve() }
    let address = try await server.listeningAddress
    return try await body("http://127.0.0.1:\(address?.ipv4?.port ?? 0)")
}
