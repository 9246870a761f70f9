/// What is wrong with one part of a request.
struct InputFault: Sendable, Hashable {
    /// Where it stands. Names are a stranger's words and are cut when they are shown.
    enum Place: Sendable, Hashable {
        /// The whole body.
        case root
        case member(String)
        case parameter(String)
        case header(String)
    }

    enum Kind: Sendable, Hashable {
        case missing
        case malformed
        case wrongType
        case repeated
        case unknownMember
        case unknownParameter
        /// A refusal of another slice: its code, and the key of its text.
        case refused(code: String, key: String)
    }

    let place: Place
    let kind: Kind

    init(_ place: Place, _ kind: Kind) {
        self.place = place
        self.kind = kind
    }

    /// What programs tell faults apart by.
    var code: String {
        switch kind {
        case .missing: "missing"
        case .malformed: "malformed"
        case .wrongType: "wrong_type"
        case .repeated: "repeated"
        case .unknownMember: "unknown_member"
        case .unknownParameter: "unknown_parameter"
        case .refused(let code, _): code
        }
    }

    /// The key of the text for people.
    var key: String {
        if case .refused(_, let key) = kind { key } else { "api.fault_\(code)" }
    }

    /// The member of an `errors` entry that says where: a JSON pointer as a fragment for bodies (RFC 6901, 6).
    var location: (name: String, value: String) {
        switch place {
        case .root: ("pointer", "#")
        case .member(let name): ("pointer", "#/" + Self.cut(Self.escaped(name)))
        case .parameter(let name): ("parameter", Self.cut(name))
        case .header(let name): ("header", name)
        }
    }

    private static func cut(_ name: String) -> String { String(name.unicodeScalars.prefix(100)) }

    private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._".utf8)

    private static func escaped(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1").utf8.reduce(into: "") { text, byte in
            if plain.contains(byte) || byte == UInt8(ascii: "~") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
    }
}
