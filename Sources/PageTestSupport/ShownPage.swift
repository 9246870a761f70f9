import Foundation
import HTTPTypes
package import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization

/// What came back.
package struct ShownPage: Sendable {
    package let response: Response
    package let bytes: [UInt8]

    init(_ response: Response) async throws {
        let collector = Collector()
        try await response.body.write(collector)
        self.response = response
        bytes = collector.bytes.withLock { $0 }
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
    package var status: Int { response.status.code }
    package var location: String? { response.headers[.location] }
    package var type: String? { response.headers[.contentType] }

    package func contains(_ words: String) -> Bool { text.contains(words) }

    /// The message that the next page shows.
    package var saying: String? {
        cookie("va_flash").flatMap { Data(base64Encoded: $0) }
            .flatMap { String(decoding: $0, as: UTF8.self).removingPercentEncoding }
    }

    package func cookie(_ name: String) -> String? {
        response.headers[values: .setCookie].first { $0.hasPrefix("__Host-\(name)=") }
            .flatMap { $0.split(separator: "=", maxSplits: 1).last?.split(separator: ";").first.map(String.init) }
    }

    /// The text between two others.
    package func between(_ start: String, _ end: String) -> String? {
        guard let from = text.range(of: start), let to = text.range(of: end, range: from.upperBound..<text.endIndex)
        else { return nil }
        return String(text[from.upperBound..<to.lowerBound])
    }
}

private final class Collector: ResponseBodyWriter, Sendable {
    let bytes = Mutex<[UInt8]>([])

    func write(_ buffer: ByteBuffer) async throws { bytes.withLock { $0 += Array(buffer.readableBytesView) } }
    consuming func finish(_ trailers: HTTPFields?) async throws {}
}
