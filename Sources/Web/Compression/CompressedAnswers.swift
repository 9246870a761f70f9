import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Compresses what is text and long enough, where compressing gives nothing away.
///
/// The length of a compressed answer tells whether what the asker put into it also stands in it elsewhere (BREACH). That
/// is of use to somebody who makes a visitor's browser ask, again and again, and who only sees the lengths. So an answer
/// to a request that carries cookies is compressed only if the browser says that the request began on our own pages or
/// with the visitor, never on another site's (`docs/adr/0008-compression-and-secrets.md`).
struct CompressedAnswers: RouterMiddleware {
    typealias Context = WebContext

    /// Shorter answers fit into one packet anyway.
    static let least = 1_024
    /// Answers of a known length up to this many bytes keep a known length.
    private static let wholeLimit = 1 << 20

    private static let types: Set<String> = [
        "text/html", "text/csv", "application/json", "application/problem+json", "application/jsonl",
    ]

    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

    func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard Self.isCompressible(response) else { return response }
        Self.addVary(to: &response.headers)
        guard request.method != .head, Self.isOurs(request), let coding = ContentCoding.preferred(request.headers)
        else { return response }
        if let length = response.body.contentLength, length <= Self.wholeLimit {
            let plain = Collected()
            try await response.body.write(CollectingWriter(collected: plain))
            let small = try ContentEncoder(coding).encode(plain.buffer, isLast: true)
            guard small.readableBytes < plain.buffer.readableBytes else {
                response.body = ResponseBody(byteBuffer: plain.buffer)
                return response
            }
            response.body = ResponseBody(byteBuffer: small)
        } else {
            let body = response.body
            response.body = ResponseBody { writer in
                try await body.write(CompressingWriter(parent: writer, encoder: try ContentEncoder(coding)))
            }
        }
        response.headers[.contentEncoding] = coding.rawValue
        return response
    }

    /// Whether the request began where no other site could have begun it, or brings nothing that makes its answer
    /// anybody's in particular. Every browser that we know says where a request began; one that does not is given plain
    /// answers.
    static func isOurs(_ request: Request) -> Bool {
        guard request.headers[.cookie] != nil else { return true }
        guard let name = fetchSite, let site = request.headers[name] else { return false }
        return site == "same-origin" || site == "none"
    }

    private static func isCompressible(_ response: Response) -> Bool {
        guard let type = response.headers[.contentType]?.prefix(while: { $0 != ";" }),
            types.contains(type.trimmingCharacters(in: .whitespaces).lowercased())
        else { return false }
        return response.headers[.contentEncoding] == nil && response.headers[.eTag] == nil
            && response.status != .partialContent && response.body.contentLength.map { $0 >= least } ?? true
    }

    /// The three that decide, beside what decides already.
    private static func addVary(to headers: inout HTTPFields) {
        var names = (headers[.vary] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        for name in ["Accept-Encoding", "Cookie", "Sec-Fetch-Site"]
        where !names.contains(where: { $0.lowercased() == name.lowercased() }) {
            names.append(name)
        }
        headers[.vary] = names.joined(separator: ", ")
    }
}

private final class Collected {
    var buffer = ByteBuffer()
}

private struct CollectingWriter: ResponseBodyWriter {
    let collected: Collected

    mutating func write(_ buffer: ByteBuffer) async throws { collected.buffer.writeImmutableBuffer(buffer) }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

private struct CompressingWriter: ResponseBodyWriter {
    var parent: any ResponseBodyWriter
    let encoder: ContentEncoder

    mutating func write(_ buffer: ByteBuffer) async throws {
        let small = try encoder.encode(buffer, isLast: false)
        if small.readableBytes > 0 { try await parent.write(small) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        let rest = try encoder.encode(ByteBuffer(), isLast: true)
        if rest.readableBytes > 0 { try await parent.write(rest) }
        try await parent.finish(trailingHeaders)
    }
}
