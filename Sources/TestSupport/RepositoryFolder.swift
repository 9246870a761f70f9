package import Foundation

/// Folders of the checkout these sources were built from.
package enum RepositoryFolder {
    /// The root, by way of this file; the sources may have been reached through a link.
    package static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    package static let migrations = root.appending(path: "Migrations", directoryHint: .isDirectory)
    package static let resources = root.appending(path: "Resources", directoryHint: .isDirectory)
}
