/// How the sandbox's synthesiser sounds.
package enum SynthesisVoice: String, Sendable, Codable, CaseIterable {
    /// Text as modem sound, which can be checked.
    case modem
    /// The program espeak-ng, for people's ears.
    case espeak

    /// Raw µ-law at 8 kHz. Pauses in square brackets, as Google's markup has them, are silence.
    func speak(_ text: String, language: String, rate: Double) throws -> [UInt8] {
        var sound = [UInt8]()
        var rest = text[...]
        while let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
            let tag = rest[rest.index(after: open)..<close]
            guard let pauseMs = Self.pauses[String(tag)] else { break }
            sound += try speak(plain: String(rest[..<open]), language: language, rate: rate)
            sound += [UInt8](repeating: MuLaw.silence, count: pauseMs * 8)
            rest = rest[rest.index(after: close)...]
        }
        return sound + (try speak(plain: String(rest), language: language, rate: rate))
    }

    private static let pauses = ["pause short": 250, "pause": 500, "pause long": 1_000]

    private func speak(plain text: String, language: String, rate: Double) throws -> [UInt8] {
        var text = text[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        guard !text.isEmpty else { return [] }
        switch self {
        case .modem: return ModemEncoder().encode(String(text))
        case .espeak:
            let voice = EspeakVoice(name: String(language.prefix { $0 != "-" }), rate: rate)
            return try voice.muLaw(String(text))
        }
    }
}
