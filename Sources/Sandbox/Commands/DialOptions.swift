import ArgumentParser
import Foundation
import Kernel

/// What `dial` and `load` have in common.
struct DialOptions: ParsableArguments {
    @Option(help: "Wer anruft: E.164, „anonymous“ oder eine SIP-Adresse.")
    var from = "+436641234567"

    @Option(help: "Welche Nummer angerufen wird.")
    var to: String

    @Option(help: "Adresse, an der die Anweisungen für den Anruf geholt werden.")
    var url: String

    @Option(help: "Ersatz, wenn dort keine zu haben sind.")
    var fallbackURL: String?

    @Option(help: "Adresse für das Ende des Anrufs.")
    var statusCallback: String?

    @Option(help: "Was der Anrufer sagt, sobald der Agent fertig ist; mehrfach möglich.")
    var say: [String] = []

    @Option(help: "Nach so vielen Sekunden fällt der Anrufer dem Agenten ins Wort …")
    var interruptAfter: Double?

    @Option(help: "… und sagt das.")
    var interruptWith = "Entschuldigung, eine andere Frage."

    @Option(help: "Bei welcher Rede des Agenten; 1 ist die Begrüßung.")
    var interruptTurn: Int?

    @Option(help: "Datei mit einem Schritt je Zeile, statt --say.")
    var script: String?

    @Option(help: "Tasten, die nach allem Gesagten gedrückt werden.")
    var digits: String?

    @Option(help: "So viel schneller als in Wirklichkeit läuft der Ton.")
    var pace: Double?

    @Option(help: "Was die angewählte Person tut: accept, busy, no-answer, failed, canceled, voicemail, decline.")
    var answer = DialledPerson.Answer.accept

    @Option(help: "Was die Person sagt; mehrfach möglich.")
    var personSays: [String] = []

    @Option(help: "Wie lange die Person spricht, in Sekunden.")
    var talkSeconds = 6.0

    @Option(help: "Was nach einem abgerissenen Medienstrom geschieht: action oder drop.")
    var end: DialPlan.AbnormalEnd?

    @Option(help: "Nach so vielen Sekunden reißt die Leitung des Anrufers ab.")
    var dropAfter: Double?

    @Option(help: "Konto beim Netzbetreiber.")
    var accountSid = WorldSettings().accountSid

    @Option(help: "Schlüssel des Kontos.")
    var authToken: String?

    @Option(help: "Verbindet im Klartext zu HOST:PORT, was immer die Adressen sagen.")
    var connectTo: String?

    @Option(help: "Adresse von „sandbox serve“, damit dessen REST-Schnittstelle den Anruf kennt.")
    var world: String?

    @Option(help: "So oft kommt jede Statusmeldung.")
    var callbackCopies = 1

    @Option(help: "So viele Sekunden verspätet.")
    var callbackDelay = 0.0

    @Flag(help: "Alle Statusmeldungen kommen am Ende, die letzte zuerst.")
    var reverseCallbacks = false

    @Option(help: "So oft kommt jede Anfrage nach Anweisungen.")
    var webhookCopies = 1

    mutating func validate() throws {
        if let pace, !(pace > 0 && pace <= 1_000) { throw ValidationError("--pace liegt zwischen 0 und 1000") }
        if script != nil, !say.isEmpty { throw ValidationError("--script und --say schließen einander aus") }
    }

    func plan() throws -> DialPlan {
        let token = authToken.map { Secret($0) } ?? WorldSettings().authToken
        var plan = DialPlan(
            from: from,
            to: to,
            voiceURL: url,
            steps: try steps(),
            account: CarrierAccount(sid: accountSid, authToken: token)
        )
        plan.fallbackURL = fallbackURL
        plan.statusCallbackURL = statusCallback
        plan.person.answer = answer
        if !personSays.isEmpty { plan.person.says = personSays }
        plan.person.talkMs = Int(talkSeconds * 1_000)
        if let pace { plan.pace = pace }
        if let end { plan.abnormalEnd = end }
        plan.connectTo = connectTo
        plan.dropAfterMs = dropAfter.map { Int($0 * 1_000) }
        plan.delivery = DialPlan.Delivery(
            copies: callbackCopies,
            delay: .seconds(callbackDelay),
            isReversed: reverseCallbacks
        )
        plan.webhookCopies = webhookCopies
        return plan
    }

    private func steps() throws -> [CallerStep] {
        if let script {
            let file = URL(fileURLWithPath: script)
            let text = try String(contentsOf: file, encoding: .utf8)
            return try CallerStep.read(script: text, folder: file.deletingLastPathComponent())
        }
        var steps = [CallerStep]()
        let interruptedTurn = interruptTurn ?? (say.isEmpty ? 1 : 2)
        for (index, text) in say.enumerated() {
            if interruptAfter != nil, index + 1 == interruptedTurn { interrupt(&steps) }
            steps += [.waitForTurn, .say(text)]
        }
        if interruptAfter != nil, interruptedTurn > say.count { interrupt(&steps) }
        if let digits { steps += [.waitForTurn, .digits(digits)] }
        return steps
    }

    private func interrupt(_ steps: inout [CallerStep]) {
        guard let interruptAfter else { return }
        steps.append(.interrupt(afterMs: Int(interruptAfter * 1_000), say: interruptWith))
    }
}
