import Foundation

/// Files that are on the disk when the call returns.
enum DurableFile {
    /// - Returns: false if there is a file already.
    static func create(_ file: URL, _ content: Data) throws -> Bool {
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            if errno == EEXIST { return false }
            throw AuditAnchorFolder.Failure.system(errno)
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: content)
        try sync(descriptor)
        // Some network storage keeps a file only when it was closed without an error.
        try handle.close()
        return true
    }

    /// Makes a folder, unless it is there, in one that is there.
    static func createFolder(_ folder: URL) throws {
        guard mkdir(folder.path, 0o755) == 0 || errno == EEXIST else {
            throw AuditAnchorFolder.Failure.system(errno)
        }
    }

    /// Makes the names in a folder durable.
    static func syncFolder(_ folder: URL) throws {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw AuditAnchorFolder.Failure.system(errno) }
        defer { close(descriptor) }
        try sync(descriptor)
    }

    private static func sync(_ descriptor: Int32) throws {
        // Mounted object storage may know no syncing: there, closing is what makes a file durable.
        if fsync(descriptor) != 0, errno != EINVAL, errno != ENOTSUP, errno != ENOSYS {
            throw AuditAnchorFolder.Failure.system(errno)
        }
    }
}
