import ArgumentParser
import AsyncHTTPClient
import Foundation
import Kernel
import Logging
import Speech
import Telemetry

/// Speaks and listens to itself through Google's services, or through a server that judges what we send them.
struct SpeechCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speech",
        abstract: "Check recognition and synthesis.",
        subcommands: [Check.self]
    )

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say sentences, recognise them again and print one JSON object a voice."
        )

        @Option(help: "Speech-to-Text; http:// means plain-text gRPC.") var endpoint: String?
        @Option(help: "Text-to-Speech; http:// means plain-text gRPC.") var ttsEndpoint: String?
        @Option(help: "Service account: a file, or the JSON itself.") var credentials: String
        @Option(help: "Google's location.") var location = "eu"
        @Option(help: "Language of the recognition.") var language = "de-DE"
        @Option(help: "The recogniser's model.") var model = "chirp_3"
        @Option(help: "A voice; may be given several times.") var voice: [String] = ["de-DE-Chirp3-HD-Leda"]
        @Option(help: "A sentence; may be given several times.") var sentence: [String] = [
            "Guten Tag, hier spricht der Telefonassistent.", "Wann möchten Sie vorbeikommen?",
        ]
        @Option(help: "How often the sentences are said in one recognition.") var repetitions = 1

        func run() async throws {
            let http = HTTPClient(eventLoopGroupProvider: .singleton)
            let outcome: Result<[SpeechJudge.Finding], any Error>
            do {
                outcome = .success(try await findings(http))
            } catch {
                outcome = .failure(error)
            }
            try await http.shutdown()
            let findings = try outcome.get()
            for finding in findings { print(try Self.line(finding)) }
            if !findings.allSatisfy(\.isRight) { throw ExitCode.failure }
        }

        private func findings(_ http: HTTPClient) async throws -> [SpeechJudge.Finding] {
            var plan = SpeechJudge.Plan(
                sentences: sentence,
                voices: voice.map { Voice(name: $0, language: language) },
                recognition: RecognitionSettings(language: language, model: model)
            )
            plan.repetitions = repetitions
            return try await SpeechJudge.checkGoogle(
                plan,
                configuration: GoogleSpeechConfiguration(
                    location: location,
                    speechEndpoint: endpoint,
                    textToSpeechEndpoint: ttsEndpoint
                ),
                credentials: GoogleCredentials(setting: credentials, http: http, time: .system),
                time: .system,
                logger: Logger(label: "voiceagent") { StreamLogHandler.standardError(label: $0) },
                metrics: Metrics()
            )
        }

        private static func line(_ finding: SpeechJudge.Finding) throws -> String {
            struct Line: Encodable {
                let voice: String
                let soundMs: Int
                let said: String
                let understood: String
                let error: String?
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let line = Line(
                voice: finding.voice,
                soundMs: finding.soundMs,
                said: finding.said,
                understood: finding.understood,
                error: finding.error
            )
            return String(decoding: try encoder.encode(line), as: UTF8.self)
        }
    }
}
