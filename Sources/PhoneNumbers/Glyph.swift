/// What one character of a typed number means, whatever script or width it is written in.
enum Glyph: Equatable {
    /// A decimal digit of any script, as its value 0…9.
    case digit(UInt8)
    case plus
    /// Spaces, dashes, dots, slashes, apostrophes: they group digits and mean nothing.
    case separator
    case opening
    case closing
    case colon
    /// Comma, semicolon or bar: what follows is no longer the same number.
    case boundary
    case hash
    case star
    /// A letter, in lower case and of normal width.
    case letter(String)
    /// Characters without appearance of their own: zero-width spaces and joiners, direction marks, soft hyphens,
    /// selectors, and the frame that makes a digit a key.
    case invisible
    case other

    init(_ scalar: Unicode.Scalar) {
        self = scalar.isASCII ? Glyph(ascii: scalar) : Glyph(beyondASCII: scalar)
    }

    private init(ascii scalar: Unicode.Scalar) {
        switch scalar {
        case "0"..."9": self = .digit(UInt8(scalar.value) - UInt8(ascii: "0"))
        case "a"..."z": self = .letter(String(scalar))
        case "A"..."Z": self = .letter(scalar.properties.lowercaseMapping)
        case "+": self = .plus
        case " ", "\t", "\n", "\r", "-", ".", "/", "'": self = .separator
        case "(", "[": self = .opening
        case ")", "]": self = .closing
        case ":": self = .colon
        case ",", ";", "|": self = .boundary
        case "#", "~": self = .hash
        case "*": self = .star
        default: self = .other
        }
    }

    private init(beyondASCII scalar: Unicode.Scalar) {
        let properties = scalar.properties
        if let narrow = scalar.narrow {
            self = Glyph(ascii: narrow)
        } else if properties.numericType == .decimal, let value = properties.numericValue {
            self = .digit(UInt8(value))
        } else if properties.isDefaultIgnorableCodePoint
            || Self.invisibleCategories.contains(properties.generalCategory)
        {
            self = .invisible
        } else if properties.isWhitespace || properties.isDash || Self.furtherSeparators.contains(scalar) {
            self = .separator
        } else if properties.isAlphabetic {
            self = .letter(properties.lowercaseMapping)
        } else {
            self = .other
        }
    }

    private static let invisibleCategories: Set<Unicode.GeneralCategory> = [.format, .enclosingMark]

    /// Slashes, dots, apostrophes and the long-vowel sign that Japanese keyboards give for a dash.
    private static let furtherSeparators: Set<Unicode.Scalar> = [
        "\u{2044}", "\u{2215}", "\u{29F8}", "\u{00B7}", "\u{2022}", "\u{2024}", "\u{2027}", "\u{2018}", "\u{2019}",
        "\u{02BC}", "\u{30FC}", "\u{FF70}",
    ]
}

extension Unicode.Scalar {
    /// The ASCII character of which this is the full-width or small form.
    fileprivate var narrow: Unicode.Scalar? {
        switch value {
        case 0xFF01...0xFF5E: Unicode.Scalar(value - 0xFEE0)
        case 0xFE62: "+"
        case 0xFE63: "-"
        case 0xFE59: "("
        case 0xFE5A: ")"
        default: nil
        }
    }
}
