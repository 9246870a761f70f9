import Foundation

/// Tells whoever started a server that it can be used.
enum Listening {
    static func announce(port: Int) {
        // Unbuffered: a pipe would keep a printed line back.
        FileHandle.standardOutput.write(Data("listening on ws://127.0.0.1:\(port)/media\n".utf8))
    }
}
