package import Foundation

/// Reads a file line by line in bounded memory.
enum LineReader {
    struct LineTooLong: Error {}

    private static let chunk = 1 << 20
    private static let longestLine = 64 << 20

    /// Hands each line to `body`, without its end. A last line needs no end.
    static func forEachLine(of file: URL, _ body: (Data) throws -> Void) throws {
        let handle = try FileHandle(forReadingFrom: file)
        var rest = Data()
        while let piece = try handle.read(upToCount: chunk), !piece.isEmpty {
            rest.append(piece)
            var start = rest.startIndex
            while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                try body(rest[start..<end])
                start = rest.index(after: end)
            }
            rest = Data(rest[start...])
            if rest.count > longestLine { throw LineTooLong() }
        }
        if !rest.isEmpty { try body(rest) }
    }
}

extension AuditExportVerifier {
    /// Judges a whole file.
    /// - Throws: the file system's error.
    package static func judge(
        _ file: URL,
        anchors: [AuditAnchor],
        publicKeys: [Data] = []
    ) throws -> AuditFileVerdict {
        var verifier = AuditExportVerifier(anchors: anchors, publicKeys: publicKeys)
        try LineReader.forEachLine(of: file) { verifier.take($0) }
        return verifier.finish()
    }
}

extension AuditAnchor {
    /// The anchors in a file, or in all files below a folder. A last line that was not finished is left out.
    /// - Throws: `AuditAnchorFolder.Failure.damaged`, or the file system's error.
    package static func all(at place: URL) throws -> [AuditAnchor] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder), isFolder.boolValue else {
            return try lines(of: place)
        }
        let names = try FileManager.default.subpathsOfDirectory(atPath: place.path).filter { $0.hasSuffix(".jsonl") }
        return try names.sorted().flatMap { try lines(of: place.appending(path: $0)) }
    }

    private static func lines(of file: URL) throws -> [AuditAnchor] {
        let lines = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return try lines.enumerated().map { index, line in
            guard let anchor = AuditAnchor(line: line) else {
                throw AuditAnchorFolder.Failure.damaged(file: file.lastPathComponent, line: index + 1)
            }
            return anchor
        }
    }
}
