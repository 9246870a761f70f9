import Crypto
package import Foundation

/// Files of anchors: one for each time the heads were taken, in a folder for each day, such as `2026-08-02/10.jsonl`.
///
/// A file is made once and never opened for writing again, so that the folder may be storage that refuses changes. Its
/// last line is the platform's; without that it was not completed.
package struct AuditAnchorFolder: Sendable {
    package enum Failure: Error, Equatable {
        /// `errno` of the system call that failed.
        case system(Int32)
        /// A line is no anchor, or does not follow the one before it.
        case damaged(file: String, line: Int)
        /// The hour has as many files as it may have.
        case full
    }

    private static let filesPerHour = 9

    package let url: URL

    package init(_ url: URL) {
        self.url = url
    }

    /// All anchors, oldest first, of the files of `day` (`2026-08-02`) or of all days.
    ///
    /// Every line must name the one before it, and the first line of a file one that ended an earlier file: two
    /// processes may have continued the same. A last line that was not finished is left out.
    /// - Throws: `Failure.damaged`, or the file system's error.
    package func anchors(day: String? = nil) throws -> [AuditAnchor] {
        var all: [AuditAnchor] = []
        var ends: Set<Data> = []
        for day in try days().filter({ day == nil || $0 == day }) {
            for file in try files(day) {
                let lines = try finishedLines(day, file).lines
                var last: Data?
                for (index, line) in lines.enumerated() {
                    guard let anchor = AuditAnchor(line: line),
                        last.map({ $0 == anchor.previous }) ?? (ends.isEmpty || ends.contains(anchor.previous))
                    else { throw Failure.damaged(file: "\(day)/\(file)", line: index + 1) }
                    all.append(anchor)
                    last = anchor.lineHash
                }
                if let last { ends.insert(last) }
            }
        }
        return all
    }

    /// The newest anchor of `chain` in the newest complete file.
    package func latest(_ chain: AuditChain) throws -> AuditAnchor? {
        for day in try days().reversed() {
            for file in try files(day).reversed() {
                let (lines, isComplete) = try finishedLines(day, file)
                if isComplete { return lines.lazy.compactMap(AuditAnchor.init(line:)).last { $0.chain == chain.name } }
            }
        }
        return nil
    }

    /// Whether the heads were taken in the hour of `time`.
    func hasAnchors(inHourOf time: String) throws -> Bool {
        let day = Self.day(time)
        return try files(day).contains { file in
            try file.hasPrefix(Self.hour(time)) && finishedLines(day, file).isComplete
        }
    }

    /// The hash of the newest line, whatever it is: damage ends no anchoring. 32 zero bytes if there is none.
    func lastHash() throws -> Data {
        for day in try days().reversed() {
            for file in try files(day).reversed() {
                if let last = try finishedLines(day, file).lines.last {
                    return Data(SHA256.hash(data: Data(last.utf8)))
                }
            }
        }
        return AuditHead.empty.hash
    }

    /// Makes the file of `anchors`, synced to the disk with its folder.
    /// - Returns: where it is.
    func write(_ anchors: [AuditAnchor], at time: String) throws -> URL {
        let folder = url.appending(path: Self.day(time), directoryHint: .isDirectory)
        // The day's folder only: if the storage is not mounted, nothing is written beside it.
        try DurableFile.createFolder(folder)
        let content = Data(anchors.map { $0.line + "\n" }.joined().utf8)
        for number in 1...Self.filesPerHour {
            let name = Self.hour(time) + (number == 1 ? "" : "_\(number)") + ".jsonl"
            let file = folder.appending(path: name, directoryHint: .notDirectory)
            if try DurableFile.create(file, content) {
                try DurableFile.syncFolder(folder)
                try DurableFile.syncFolder(url)
                return file
            }
        }
        throw Failure.full
    }

    private static func day(_ time: String) -> String { String(time.prefix(10)) }
    private static func hour(_ time: String) -> String { String(time.dropFirst(11).prefix(2)) }

    private func days() throws -> [String] {
        guard FileManager.default.fileExists(atPath: url.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: url.path)
            .filter { $0.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) != nil }.sorted()
    }

    private func files(_ day: String) throws -> [String] {
        let folder = url.appending(path: day, directoryHint: .isDirectory)
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.wholeMatch(of: /[0-9]{2}(_[0-9])?\.jsonl/) != nil }.sorted()
    }

    private func finishedLines(_ day: String, _ name: String) throws -> (lines: [Substring], isComplete: Bool) {
        let file = url.appending(path: day).appending(path: name, directoryHint: .notDirectory)
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let isFinished = lines.popLast()?.isEmpty == true
        let last = lines.last.flatMap { AuditAnchor(line: $0) }
        return (lines, isFinished && last?.chain == AuditChain.platform.name)
    }
}
