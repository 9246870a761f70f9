import Foundation

/// A mail or one of its parts: headers, then a body that may be parts itself.
struct MailPart {
    private static let maximumDepth = 5
    private static let maximumParts = 50

    let headers: [MailHeader]
    private let body: [UInt8]
    private let parts: [MailPart]

    init(_ bytes: ArraySlice<UInt8>, depth: Int) {
        let lines = Self.lines(bytes)
        let blank = lines.firstIndex { $0.isEmpty } ?? lines.endIndex
        let headers = Self.headers(lines[..<blank])
        let bodyLines = lines[min(blank + 1, lines.endIndex)...]
        self.headers = headers
        let type = Self.value("Content-Type", headers) ?? "text/plain"
        if type.lowercased().hasPrefix("multipart/"), depth < Self.maximumDepth,
            let boundary = Self.parameter("boundary", of: type)
        {
            body = []
            parts = Self.split(bodyLines, at: boundary).prefix(Self.maximumParts).map {
                MailPart($0[...], depth: depth + 1)
            }
        } else {
            body = Array(bodyLines.joined(separator: [10]))
            parts = []
        }
    }

    /// The first leaf of that type, in the order of the mail.
    func first(_ type: String) -> MailPart? {
        if parts.isEmpty {
            let own = (Self.value("Content-Type", headers) ?? "text/plain").lowercased()
            return own.hasPrefix(type) ? self : nil
        }
        for part in parts { if let found = part.first(type) { return found } }
        return nil
    }

    var decodedText: String {
        let bytes =
            switch Self.value("Content-Transfer-Encoding", headers)?.lowercased() {
            case "quoted-printable": Self.unquoted(body)
            case "base64": Data(base64Encoded: Data(body), options: .ignoreUnknownCharacters).map { Array($0) } ?? []
            default: body
            }
        let charset = Self.parameter("charset", of: Self.value("Content-Type", headers) ?? "")?.lowercased()
        return Self.text(bytes, charset: charset).replacing("\r\n", with: "\n")
    }

    // MARK: Reading

    /// Without their ends.
    private static func lines(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map { line in
            line.last == 13 ? line.dropLast() : line
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func headers(_ lines: ArraySlice<ArraySlice<UInt8>>) -> [MailHeader] {
        var unfolded: [String] = []
        for line in lines {
            let text = String(decoding: line, as: UTF8.self)
            if let first = text.first, first == " " || first == "\t", let last = unfolded.popLast() {
                unfolded.append(last + text)
            } else {
                unfolded.append(text)
            }
        }
        return unfolded.compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return MailHeader(name: String(line[..<colon]), value: HeaderWords.decoded(value))
        }
    }

    private static func split(_ lines: ArraySlice<ArraySlice<UInt8>>, at boundary: String) -> [[UInt8]] {
        let delimiter = Array("--\(boundary)".utf8)
        var parts: [[UInt8]] = []
        var current: [ArraySlice<UInt8>]?
        for line in lines {
            guard line.starts(with: delimiter) else {
                current?.append(line)
                continue
            }
            if let current { parts.append(Array(current.joined(separator: [10]))) }
            let rest = line.dropFirst(delimiter.count)
            if rest.starts(with: Array("--".utf8)) { return parts }
            current = []
        }
        if let current { parts.append(Array(current.joined(separator: [10]))) }
        return parts
    }

    private static func value(_ name: String, _ headers: [MailHeader]) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    private static func parameter(_ name: String, of value: String) -> String? {
        for piece in value.split(separator: ";").dropFirst() {
            let pair = piece.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if pair.count == 2, pair[0].lowercased() == name {
                return pair[1].trimmingCharacters(in: CharacterSet(charactersIn: "\""))
            }
        }
        return nil
    }

    private static func unquoted(_ bytes: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "="), index + 1 < bytes.count, bytes[index + 1] == 10 {
                index += 2
            } else if byte == UInt8(ascii: "="), let value = HeaderWords.hexadecimal(bytes, at: index + 1) {
                decoded.append(value)
                index += 3
            } else {
                decoded.append(byte)
                index += 1
            }
        }
        return decoded
    }

    static func text(_ bytes: [UInt8], charset: String?) -> String {
        switch charset {
        case "iso-8859-1", "latin1": String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        default: String(decoding: bytes, as: UTF8.self)
        }
    }
}
