import Foundation
import TestSupport

/// The JSON of a flow.
struct FlowText: Sendable {
    let json: String

    /// The flow that `bin/demo` publishes.
    static func autohaus() throws -> FlowText {
        let file = RepositoryFolder.resources.appending(path: "flows/autohaus.json")
        return FlowText(json: String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }

    /// A reception that greets by the company's name, answers from a short prompt, hands over with a branch of its own
    /// for each outcome, and says goodbye.
    ///
    /// - Parameters:
    ///   - silenceMs: audio time after which the caller is reminded.
    ///   - facts: sentences that the model may tell.
    ///   - hangUpAtOnce: nothing but the greeting, for tests of routing.
    static func reception(
        of company: String,
        silenceMs: Int = 6_000,
        facts: String = "Wir haben von 8 bis 18 Uhr geöffnet. Unsere Adresse ist Hauptplatz 1 in Linz.",
        hangUpAtOnce: Bool = false
    ) -> FlowText {
        FlowText(
            json: """
                {
                    "schema": 1, "language": "de-AT", "entry": "begruessung",
                    "voice": { "name": "de-DE-Chirp3-HD-Leda", "speakingRate": 1.0 },
                    "nodes": {
                        "begruessung": {
                            "type": "greeting", "next": "\(hangUpAtOnce ? "ende" : "gespraech")",
                            "text": "Grüß Gott, hier ist der KI-Assistent der Firma \(company)."
                        },
                        "gespraech": {
                            "type": "conversation", "tools": ["hand_over", "end_call"], "targets": ["werkstatt"],
                            "systemPrompt": "Du bist der Telefonassistent der Firma \(company).\\n\(facts)",
                            "onHandOver": "verbinden", "onEnd": "abschied", "onNoAnswer": "niemand",
                            "endOfTurn": { "by": "either", "silenceMs": 700 },
                            "bargeIn": {
                                "enabled": true, "minimumMs": 300, "listenerWords": ["mhm", "ja", "genau"]
                            },
                            "silence": {
                                "afterMs": \(silenceMs),
                                "reminders": ["Sind Sie noch da?", "Ich höre Sie leider nicht."]
                            }
                        },
                        "verbinden": {
                            "type": "handOver", "target": "werkstatt", "announcement": "Ich verbinde Sie.",
                            "onBusy": "besetzt", "onNoAnswer": "keiner", "onDeclined": "abgelehnt",
                            "onFailed": "gescheitert"
                        },
                        "besetzt": {
                            "type": "announcement", "text": "Dort ist gerade besetzt.", "next": "gespraech"
                        },
                        "keiner": {
                            "type": "announcement", "text": "Dort hebt niemand ab.", "next": "gespraech"
                        },
                        "abgelehnt": {
                            "type": "announcement", "text": "Dort hat niemand angenommen.", "next": "gespraech"
                        },
                        "gescheitert": {
                            "type": "announcement", "text": "Die Verbindung ist gescheitert.", "next": "gespraech"
                        },
                        "niemand": {
                            "type": "announcement", "text": "Ich lege jetzt auf, weil niemand spricht.", "next": "ende"
                        },
                        "abschied": {
                            "type": "announcement", "text": "Danke für Ihren Anruf. Auf Wiederhören.", "next": "ende"
                        },
                        "ende": { "type": "hangUp" }
                    },
                    "targets": {
                        "werkstatt": {
                            "name": "Werkstatt", "number": "+43732900200", "timeoutSeconds": 20, "acceptByKey": true
                        }
                    },
                    "phrases": ["Hauptplatz"],
                    "limits": { "callSeconds": 3600, "modelTokens": 1000000, "synthesisedCharacters": 100000 }
                }
                """
        )
    }
}
