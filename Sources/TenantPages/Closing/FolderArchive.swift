import Foundation

/// The files of one folder as a tape archive (POSIX.1-1988, `ustar`), which every system opens without further programs.
struct FolderArchive: Sendable {
    private struct File: Sendable {
        let url: URL
        let size: Int
    }

    enum Failure: Error, Equatable {
        /// The format has eleven octal digits for a size and 100 bytes for a name.
        case tooLarge
        case nameTooLong
        /// The file became shorter while it was read.
        case changed
    }

    private static let block = 512
    private static let piece = 64 * 1_024
    private static let largest = 0o77_777_777_777

    private let name: String
    private let files: [File]
    private let time: Date

    /// - Parameter time: what the archive says about when its files were made.
    init(_ folder: URL, at time: Date) throws {
        name = folder.lastPathComponent
        self.time = time
        let urls = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: [.fileSizeKey])
        files = try urls.sorted { $0.lastPathComponent < $1.lastPathComponent }.map { url in
            let size = try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
            guard size <= Self.largest else { throw Failure.tooLarge }
            guard "\(folder.lastPathComponent)/\(url.lastPathComponent)".utf8.count < 100 else {
                throw Failure.nameTooLong
            }
            return File(url: url, size: size)
        }
    }

    /// Bytes of the whole archive: a head and whole blocks for each file, and two empty blocks at the end.
    var size: Int { files.reduce(2 * Self.block) { $0 + Self.block + $1.size + Self.padding($1.size) } }

    func write(_ body: ([UInt8]) async throws -> Void) async throws {
        for file in files {
            try await body(head(file))
            let handle = try FileHandle(forReadingFrom: file.url)
            defer { handle.closeFile() }
            var rest = file.size
            while rest > 0 {
                guard let data = try handle.read(upToCount: min(rest, Self.piece)), !data.isEmpty else {
                    throw Failure.changed
                }
                try await body(Array(data))
                rest -= data.count
            }
            let padding = Self.padding(file.size)
            if padding > 0 { try await body([UInt8](repeating: 0, count: padding)) }
        }
        try await body([UInt8](repeating: 0, count: 2 * Self.block))
    }

    private func head(_ file: File) -> [UInt8] {
        var head = [UInt8](repeating: 0, count: Self.block)
        func put(_ text: String, at place: Int) {
            head.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
        }
        put("\(name)/\(file.url.lastPathComponent)", at: 0)
        put("0000600\0", at: 100)
        put("0000000\0", at: 108)
        put("0000000\0", at: 116)
        put(Self.octal(file.size) + "\0", at: 124)
        put(Self.octal(Int(time.timeIntervalSince1970)) + "\0", at: 136)
        // The sum is taken with spaces in its own place.
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        let sum = head.reduce(0) { $0 + Int($1) }
        put(String(Self.octal(sum).suffix(6)) + "\0 ", at: 148)
        return head
    }

    private static func octal(_ value: Int) -> String {
        let digits = String(value, radix: 8)
        return String(repeating: "0", count: max(0, 11 - digits.count)) + digits
    }

    private static func padding(_ size: Int) -> Int { (block - size % block) % block }
}
