import Foundation

/// What a world keeps over restarts: its service account and its numbers. Nothing without a directory.
struct WorldState: Sendable {
    let directory: URL?

    func serviceAccount() throws -> Data? {
        try read("service-account.json")
    }

    func keep(serviceAccount: ServiceAccount) throws {
        guard let directory else { return }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try serviceAccount.write(to: directory.appending(path: "service-account.json"))
    }

    func numbers() throws -> [Exchange.Number] {
        try read("numbers.json").map { try JSONDecoder().decode([Exchange.Number].self, from: $0) } ?? []
    }

    func keep(numbers: [Exchange.Number]) throws {
        guard let directory else { return }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let data = try JSONEncoder.sorted.encode(numbers)
        try data.write(to: directory.appending(path: "numbers.json"), options: .atomic)
    }

    /// Nil if there is no such file.
    private func read(_ name: String) throws -> Data? {
        guard let directory else { return nil }
        let file = directory.appending(path: name)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try Data(contentsOf: file)
    }
}
