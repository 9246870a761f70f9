import Kernel

/// One typed number and what became of it, as `voiceagent number parse` prints it.
package struct NumberParseReport: Sendable {
    package let typed: String
    package let result: Result<PhoneNumber, PhoneNumberRefusal>

    package init(typed: String, region: Region, parser: PhoneNumberParser = PhoneNumberParser()) {
        self.typed = typed
        result = parser.parse(typed, region: region)
    }

    /// `E.164<TAB>kind<TAB>region`, or `-<TAB>code<TAB>explanation`. The region is `-` for a number of no country.
    ///
    /// - Parameter explain: the explanation of a refusal's code, in the reader's language, without line breaks.
    package func line(explain: (String) -> String) -> String {
        switch result {
        case .success(let number):
            "\(number.e164.value)\t\(number.kind.rawValue)\t\(number.region ?? "-")"
        case .failure(let refusal):
            "-\t\(refusal.rawValue)\t\(explain(refusal.rawValue))"
        }
    }

    /// One JSON object without line breaks: `typed`, `e164`, `kind`, `region` (null for a number of no country), or
    /// `typed`, `refused` with `code` and `text`.
    ///
    /// - Parameter explain: the explanation of a refusal's code, in the reader's language.
    package func json(explain: (String) -> String) -> String {
        switch result {
        case .success(let number):
            """
            {"typed":\(Self.quote(typed)),"e164":\(Self.quote(number.e164.value)),\
            "kind":\(Self.quote(number.kind.rawValue)),"region":\(number.region.map(Self.quote) ?? "null")}
            """
        case .failure(let refusal):
            """
            {"typed":\(Self.quote(typed)),"refused":{"code":\(Self.quote(refusal.rawValue)),\
            "text":\(Self.quote(explain(refusal.rawValue)))}}
            """
        }
    }

    /// A JSON string (RFC 8259). U+2028 and U+2029 are escaped too, because some readers take them for line ends.
    private static func quote(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}", "\u{85}", "\u{2028}", "\u{2029}":
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
