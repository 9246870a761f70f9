import Foundation

/// Opens the file of keys; what is examined is the file that was opened, not whatever has its name a moment later.
enum KeyFile {
    private static let maximumBytes = 64 << 10

    static func read(_ path: String) throws(KeyRingError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard status.st_mode & 0o077 == 0 else { throw .openToOthers }
        guard status.st_uid == geteuid() || status.st_uid == 0 else { throw .foreignOwner }
        guard status.st_size <= maximumBytes else { throw .tooLarge }
        let data: Data?
        do {
            data = try handle.read(upToCount: maximumBytes)
        } catch {
            throw .unreadable
        }
        guard let data else { throw .empty }
        return String(decoding: data, as: UTF8.self)
    }
}
