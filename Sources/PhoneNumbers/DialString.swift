/// What a person typed, reduced to what a telephone can dial: perhaps `+`, then ASCII digits.
///
/// Scripts, widths, spaces, dashes, slashes, dots and brackets are gone; nothing has been interpreted, except that a
/// calling code without `+` is recognised by the `(0)` behind it. Everything that is not one number is refused here,
/// so that the library never guesses: left alone it spells words on the keypad and cuts off extensions.
struct DialString {
    private(set) var hasPlus = false
    /// ASCII digits, at most `maximumDigits`.
    private(set) var digits: [UInt8] = []
    /// Where in `digits` a bracketed zero, `(0)`, stands between other digits.
    private(set) var bracketedZero: Int?

    /// The longest text that is looked at, in bytes. libphonenumber's own limit is 250 characters.
    static let maximumLength = 1_000
    /// 15 digits of E.164, room for an international prefix and a carrier's selection code, and what the library
    /// itself still reads.
    static let maximumDigits = 32

    init(_ typed: String) throws(PhoneNumberRefusal) {
        guard typed.utf8.count <= Self.maximumLength else { throw .tooLong }
        let text = typed.trimmingSpaces()
        guard !text.isEmpty else { throw .empty }
        if WithheldCaller.isWithheld(text) { throw .withheld }
        if Self.isAddress(text) { throw .sipURI }
        var scanner = Scanner()
        if let uri = try TelephoneURI(text) {
            if let context = uri.context, !uri.number.contains("+") { try scanner.scan(context) }
            try scanner.scan(uri.number)
        } else {
            try scanner.scan(text[...])
        }
        try scanner.finish()
        hasPlus = scanner.hasPlus
        digits = scanner.digits
        bracketedZero = scanner.bracketedZero
        recogniseCallingCode()
    }

    /// The same number without its bracketed zero; nil if there is none.
    var withoutBracketedZero: DialString? {
        guard let bracketedZero else { return nil }
        var copy = self
        copy.digits.remove(at: bracketedZero)
        copy.bracketedZero = nil
        return copy
    }

    /// What is handed to the library.
    var dialled: [UInt8] { hasPlus ? [UInt8(ascii: "+")] + digits : digits }

    private static func isAddress(_ text: String) -> Bool {
        if text.utf8.contains(UInt8(ascii: "@")) { return true }
        guard let colon = text.firstIndex(of: ":") else { return false }
        return ["sip", "sips"].contains(text[..<colon].lowercased())
    }

    /// `43 (0)1 58858`: only behind a calling code is a zero put in brackets, so what precedes it is one.
    private mutating func recogniseCallingCode() {
        guard !hasPlus, let bracketedZero, bracketedZero <= 3, digits[0] != UInt8(ascii: "0"),
            let code = Int(String(decoding: digits[..<bracketedZero], as: UTF8.self)),
            PhoneNumberLibrary.hasCountryCode(code)
        else { return }
        hasPlus = true
    }
}

extension DialString {
    /// Reads a text character by character.
    private struct Scanner {
        var hasPlus = false
        var digits: [UInt8] = []
        var bracketedZero: Int?
        private var word = ""
        /// How many digits stood before the bracket that is open.
        private var openedAt: Int?
        /// What follows a comma, semicolon, bar or "oder".
        private var tail: Tail?

        private struct Tail {
            var digits = 0
            var beginsWithZero = false
            var hasPlus = false

            /// Shorter runs without a trunk zero are extensions.
            var isNumber: Bool { hasPlus || beginsWithZero || digits >= 6 }
        }

        mutating func scan(_ text: Substring) throws(PhoneNumberRefusal) {
            for scalar in text.unicodeScalars {
                let glyph = Glyph(scalar)
                if case .letter(let letter) = glyph {
                    word += letter
                } else if glyph != .invisible {
                    try endWord()
                    try take(glyph)
                }
            }
            try endWord()
        }

        func finish() throws(PhoneNumberRefusal) {
            if let tail, tail.hasPlus || tail.digits > 0 { throw tail.isNumber ? .severalNumbers : .extension }
            guard !digits.isEmpty else { throw .notANumber }
        }

        private mutating func take(_ glyph: Glyph) throws(PhoneNumberRefusal) {
            switch glyph {
            case .digit(let value): try take(digit: value)
            case .plus: try takePlus()
            case .opening: openedAt = digits.count
            case .closing: close()
            case .separator, .invisible, .letter: break
            case .colon:
                guard digits.isEmpty else { throw .notANumber }
            case .boundary:
                guard !digits.isEmpty else { throw .notANumber }
                tail = tail ?? Tail()
            case .hash: throw digits.isEmpty ? .dialCode : .extension
            case .star: throw .dialCode
            case .other: throw .notANumber
            }
        }

        private mutating func take(digit: UInt8) throws(PhoneNumberRefusal) {
            if var tail {
                if tail.digits == 0 { tail.beginsWithZero = digit == 0 }
                tail.digits += 1
                self.tail = tail
            } else {
                guard digits.count < DialString.maximumDigits else { throw .tooLong }
                digits.append(UInt8(ascii: "0") + digit)
            }
        }

        private mutating func takePlus() throws(PhoneNumberRefusal) {
            if tail != nil {
                tail?.hasPlus = true
            } else if digits.isEmpty {
                hasPlus = true
            } else {
                throw .severalNumbers
            }
        }

        private mutating func close() {
            if let openedAt, openedAt > 0, digits.count == openedAt + 1, digits.last == UInt8(ascii: "0"),
                bracketedZero == nil
            {
                bracketedZero = openedAt
            }
            openedAt = nil
        }

        private mutating func endWord() throws(PhoneNumberRefusal) {
            guard !word.isEmpty else { return }
            if NumberWords.extensions.contains(word) {
                throw .extension
            } else if !digits.isEmpty, NumberWords.conjunctions.contains(word) {
                tail = tail ?? Tail()
            } else if !digits.isEmpty || hasPlus || !NumberWords.labels.contains(word) {
                throw .letters
            }
            word = ""
        }
    }
}
