import Foundation
import Kernel

/// One file for each tenant, `<id>.key`: its wrapped key in one line, or the note that the key was destroyed.
///
/// All nodes mount the same folder. What is written is on the disk when the call returns.
struct TenantKeyFolder: Sendable {
    enum Content: Sendable, Equatable {
        case key(SealedValue)
        case destroyed
    }

    private static let suffix = ".key"
    private static let maximumBytes = 4_096
    private let folder: URL

    init(_ folder: URL) {
        self.folder = folder
    }

    /// The folder must be ours, writable, and closed to others.
    func verify() throws(TenantKeys.Failure) {
        var status = stat()
        guard stat(folder.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_mode & 0o077 == 0,
            access(folder.path, R_OK | W_OK | X_OK) == 0
        else { throw .unavailable }
    }

    func tenants() throws(TenantKeys.Failure) -> [TenantID] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().compactMap { name in
                name.hasSuffix(Self.suffix) ? TenantID(String(name.dropLast(Self.suffix.count))) : nil
            }
        } catch {
            throw .unavailable
        }
    }

    /// Nil if there is no file.
    func content(_ tenant: TenantID) throws(TenantKeys.Failure) -> Content? {
        let descriptor = open(path(tenant), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            // A folder that is not mounted must not look like one without keys.
            guard errno == ENOENT, access(folder.path, R_OK | X_OK) == 0 else { throw .unavailable }
            return nil
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let data: Data
        do {
            data = try handle.read(upToCount: Self.maximumBytes) ?? Data()
        } catch {
            throw .unavailable
        }
        return try Content(line: String(decoding: data, as: UTF8.self))
    }

    /// Nothing is written where a file is already.
    func create(_ tenant: TenantID, _ key: SealedValue) throws(TenantKeys.Failure) {
        let draft = folder.appending(path: ".\(tenant)-\(UUID().uuidString)").path
        try write(Content.key(key).line, to: draft, O_CREAT | O_EXCL)
        // A link appears whole or not at all, and never in place of another file.
        let linked = link(draft, path(tenant)) == 0 || errno == EEXIST
        unlink(draft)
        guard linked else { throw .unavailable }
        try sync()
    }

    func replace(_ tenant: TenantID, _ key: SealedValue) throws(TenantKeys.Failure) {
        try replace(tenant, by: Content.key(key).line)
    }

    /// Overwrites the key where it stands, and puts a note in its place.
    func destroy(_ tenant: TenantID, at date: Date) throws(TenantKeys.Failure) {
        var status = stat()
        if lstat(path(tenant), &status) == 0 {
            try write(String(repeating: "\0", count: Int(status.st_size)), to: path(tenant), 0)
        }
        try replace(tenant, by: "\(Content.note) \(date.formatted(.iso8601))\n")
    }

    private func replace(_ tenant: TenantID, by line: String) throws(TenantKeys.Failure) {
        let draft = folder.appending(path: ".\(tenant)-\(UUID().uuidString)").path
        try write(line, to: draft, O_CREAT | O_EXCL)
        guard rename(draft, path(tenant)) == 0 else {
            unlink(draft)
            throw .unavailable
        }
        try sync()
    }

    private func write(_ text: String, to path: String, _ flags: Int32) throws(TenantKeys.Failure) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | flags, 0o600)
        guard descriptor >= 0 else { throw .unavailable }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        // What an operator writes as root is the service's to read.
        var owner = stat()
        if geteuid() == 0, stat(folder.path, &owner) == 0 {
            guard fchown(descriptor, owner.st_uid, owner.st_gid) == 0 else { throw .unavailable }
        }
        do {
            try handle.write(contentsOf: Data(text.utf8))
            try handle.synchronize()
            try handle.close()
        } catch {
            throw .unavailable
        }
    }

    /// Makes the names in the folder durable.
    private func sync() throws(TenantKeys.Failure) {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unavailable }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else { throw .unavailable }
    }

    private func path(_ tenant: TenantID) -> String {
        folder.appending(path: tenant.description + Self.suffix).path
    }
}

extension TenantKeyFolder.Content {
    static let note = "destroyed"

    var line: String {
        switch self {
        case .key(let sealed):
            "\(sealed.keyVersion):\(sealed.nonce.base64EncodedString()):\(sealed.ciphertext.base64EncodedString())\n"
        case .destroyed: "\(Self.note)\n"
        }
    }

    init(line: String) throws(TenantKeys.Failure) {
        if line.hasPrefix(Self.note) {
            self = .destroyed
            return
        }
        let parts = line.split(separator: "\n", omittingEmptySubsequences: true).first?.split(separator: ":") ?? []
        guard parts.count == 3, let version = Int(parts[0]), let nonce = Data(base64Encoded: String(parts[1])),
            let ciphertext = Data(base64Encoded: String(parts[2]))
        else { throw .unreadable }
        self = .key(SealedValue(keyVersion: version, nonce: nonce, ciphertext: ciphertext))
    }
}
