import ArgumentParser
import Foundation
import Kernel

/// `sandbox serve`: the vendors' interfaces on four ports, until it is ended.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Bietet REST-Schnittstellen, Googles Sprachdienste und ein Postfach an."
    )

    @Option(help: "Port für HTTP; 0 nimmt einen freien.")
    var port = 4010

    @Option(help: "Port für gRPC; 0 nimmt einen freien.")
    var grpcPort = 4011

    @Option(help: "Port für E-Mail (SMTP); 0 nimmt einen freien.")
    var smtpPort = 4025

    @Option(help: "Port für E-Mail, die von Anfang an verschlüsselt ist; 0 nimmt einen freien.")
    var smtpsPort = 4026

    @Option(help: "Schreibt das Zertifikat der Poststelle dorthin.")
    var writeSmtpCertificate: String?

    @Option(help: "Wer E-Mail einliefern darf; ohne Angabe jeder.")
    var smtpUser: String?

    @Option(help: "Das Passwort dazu.")
    var smtpPassword: String?

    @Option(help: "Adresse, auf der gehört wird.")
    var host = "127.0.0.1"

    @Option(help: "Ordner, in dem Dienstkonto und Rufnummern einen Neustart überstehen.")
    var state: String?

    @Option(help: "Tempo, das „sandbox dial“ von hier übernimmt.")
    var pace = 1.0

    @Option(help: "Was nach einem abgerissenen Medienstrom geschieht: action oder drop.")
    var end = DialPlan.AbnormalEnd.action

    @Option(help: "Stimme der Synthese: modem (prüfbar) oder espeak (fürs Ohr).")
    var voice = SynthesisVoice.modem

    @Option(help: "Konto beim Netzbetreiber.")
    var accountSid = WorldSettings().accountSid

    @Option(help: "Schlüssel des Kontos.")
    var authToken: String?

    @Option(help: "Schlüssel des Sprachmodells.")
    var modelKey: String?

    @Option(help: "Standort der Spracherkennung.")
    var googleLocation = "eu"

    @Option(name: .customLong("number"), help: "Rufnummer des Kontos; mehrfach möglich.")
    var numbers: [String] = []

    @Option(help: "Schlüsseldatei eines Dienstkontos, das gelten soll.")
    var credentials: String?

    @Option(help: "Schreibt die Schlüsseldatei des Dienstkontos dorthin.")
    var writeCredentials: String?

    func run() async throws {
        var settings = WorldSettings()
        settings.httpPort = port
        settings.grpcPort = grpcPort
        settings.smtpPort = smtpPort
        settings.smtpsPort = smtpsPort
        settings.smtpUser = smtpUser
        if let smtpPassword { settings.smtpPassword = Secret(smtpPassword) }
        settings.host = host
        settings.accountSid = accountSid
        if let authToken { settings.authToken = Secret(authToken) }
        if let modelKey { settings.modelKey = Secret(modelKey) }
        settings.googleLocation = googleLocation
        settings.voice = voice
        settings.pace = pace
        settings.abnormalEnd = end
        settings.numbers = numbers
        settings.stateDirectory = state.map { URL(fileURLWithPath: $0) }
        settings.credentials = try credentials.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        let world = try await SandboxWorld.start(settings)
        if let writeCredentials { try world.serviceAccount.write(to: URL(fileURLWithPath: writeCredentials)) }
        if let writeSmtpCertificate {
            try Data(world.smtpCertificate.utf8).write(to: URL(fileURLWithPath: writeSmtpCertificate), options: .atomic)
        }
        Output.line("Die Außenwelt hört: HTTP \(world.httpBase), gRPC \(world.grpcBase), E-Mail \(world.smtpBase)")
        Output.line("TWILIO_API_BASE=\(world.httpBase)")
        Output.line("TWILIO_ACCOUNT_SID=\(settings.accountSid)")
        Output.line("GOOGLE_SPEECH_ENDPOINT=\(world.grpcBase)")
        Output.line("GOOGLE_TTS_ENDPOINT=\(world.grpcBase)")
        Output.line("LLM_BASE_URL=\(world.httpBase)/v1")
        Output.line("STRIPE_API_BASE=\(world.httpBase)")
        Output.line("MAIL_URL=\(world.smtpBase)")
        Output.line("Posteingang: \(world.httpBase)/_inbox")
        await world.wait()
    }
}

extension DialPlan.AbnormalEnd: ExpressibleByArgument {}
extension SynthesisVoice: ExpressibleByArgument {}
extension DialledPerson.Answer: ExpressibleByArgument {}
