/// What the carrier shall do with a call: a TwiML document.
///
/// The types hold what an answer cannot do without, for example an `action` wherever the call would otherwise end in
/// silence; `problems()` finds what types cannot.
package struct VoiceResponse: Sendable, Equatable {
    package static let contentType = "text/xml; charset=utf-8"

    package var verbs: [Verb]

    package init(_ verbs: [Verb]) {
        self.verbs = verbs
    }

    /// The document, beginning with the XML declaration: not even white space may stand before it.
    package func render() -> String {
        var writer = TwiMLWriter()
        writer.element("Response") { writer in
            for verb in verbs { verb.write(to: &writer) }
        }
        return writer.text
    }

    /// What the carrier would object to in this document.
    package func problems() -> [TwiMLProblem] { Self.problems(in: render()) }

    /// What the carrier would object to in a document, whoever wrote it.
    package static func problems(in document: String) -> [TwiMLProblem] {
        do {
            return TwiMLRules.problems(in: try TwiMLReader.read(document))
        } catch {
            return [error]
        }
    }
}
