import CBrotli
import Crypto
package import Foundation
import HTTPTypes
package import Hummingbird
import NIOCore
package import Web

/// The files of `Resources/public`, kept in memory and served below one address that changes with their content, so that
/// browsers may keep them for ever and modules can still import each other by relative names.
package struct Assets: Sendable {
    private struct File: Sendable {
        let type: String
        let plain: ByteBuffer
        /// Nil where compressing gains nothing.
        let brotli: ByteBuffer?
        let tag: String
    }

    private let files: [String: File]
    /// The first 12 hexadecimal digits of the hash of all files.
    package let release: String

    /// - Throws: what reading the files throws, or `AssetError` for a kind of file that has no place here.
    package init(folder: URL) throws {
        var files: [String: File] = [:]
        var hash = SHA256()
        let root = folder.resolvingSymlinksInPath()
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.path).sorted()
        for name in names {
            let url = root.appendingPathComponent(name)
            guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
            guard let type = Self.types[url.pathExtension] else { throw AssetError(file: name) }
            let data = try Data(contentsOf: url)
            hash.update(data: Data(name.utf8))
            hash.update(data: data)
            let compressed = url.pathExtension == "woff2" ? nil : Self.compress(data)
            files[name] = File(
                type: type,
                plain: ByteBuffer(bytes: data),
                brotli: compressed.map { ByteBuffer(bytes: $0) },
                tag: Self.hex(SHA256.hash(data: data).prefix(8))
            )
        }
        self.files = files
        release = Self.hex(hash.finalize().prefix(6))
    }

    /// Where a page finds the file.
    package func address(_ name: String) -> String { "/assets/\(release)/\(name)" }

    /// Nil if there is no such file. The release in the address is not compared: a page that was loaded before an update
    /// still finds its files, but may not keep what it gets.
    package func answer(release asked: String, name: String, request: IncomingRequest) -> Response? {
        guard let file = files[name] else { return nil }
        var headers = HTTPFields()
        headers[.contentType] = file.type
        headers[.cacheControl] = asked == release ? "public, max-age=31536000, immutable" : "no-cache"
        headers[.eTag] = "\"\(file.tag)\""
        headers[.vary] = "Accept-Encoding"
        SecurityHeaders.addToAsset(&headers)
        if request.headers[.ifNoneMatch] == headers[.eTag] { return Response(status: .notModified, headers: headers) }
        let accepts = request.headers[values: .acceptEncoding].joined(separator: ",")
        if let brotli = file.brotli, accepts.split(separator: ",").contains(where: Self.namesBrotli) {
            headers[.contentEncoding] = "br"
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: brotli))
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: file.plain))
    }

    private static func namesBrotli(_ coding: Substring) -> Bool {
        let parts = coding.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        return parts.first == "br"
            && !parts.dropFirst().contains { ["q=0", "q=0.0", "q=0.00", "q=0.000"].contains($0) }
    }

    private static let types = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "png": "image/png", "ico": "image/x-icon", "woff2": "font/woff2", "txt": "text/plain; charset=utf-8",
        "webmanifest": "application/manifest+json",
    ]

    /// Nil if brotli does not make it smaller.
    private static func compress(_ data: Data) -> [UInt8]? {
        guard !data.isEmpty else { return nil }
        var size = BrotliEncoderMaxCompressedSize(data.count)
        guard size > 0 else { return nil }
        var output = [UInt8](repeating: 0, count: size)
        let input = [UInt8](data)
        let done = BrotliEncoderCompress(
            BROTLI_MAX_QUALITY,
            BROTLI_DEFAULT_WINDOW,
            BROTLI_MODE_TEXT,
            input.count,
            input,
            &size,
            &output
        )
        guard done == BROTLI_TRUE, size < data.count else { return nil }
        return Array(output.prefix(size))
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// A file whose kind is not served.
package struct AssetError: Error, CustomStringConvertible {
    package let file: String

    package var description: String { "not a kind of file that is served: \(file)" }
}
