import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers of the sandbox's HTTP port.
enum HTTPAnswer {
    static let maximumBody = 4 << 20

    static func json(_ value: some Encodable) throws -> Response {
        try json(.ok, value)
    }

    static func json(_ status: HTTPResponse.Status, _ value: some Encodable) throws -> Response {
        json(status, data: try JSONEncoder.sorted.encode(value))
    }

    static func json(_ status: HTTPResponse.Status = .ok, data: Data) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: data))
        )
    }

    static func object(_ object: [String: Any]) throws -> Response {
        try Self.object(.ok, object)
    }

    static func object(_ status: HTTPResponse.Status, _ object: [String: Any]) throws -> Response {
        json(status, data: try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]))
    }

    static func body(_ request: Request) async throws -> Data {
        var request = request
        return Data(buffer: try await request.collectBody(upTo: maximumBody))
    }

    static func form(_ request: Request) async throws -> [(String, String)] {
        CarrierForm.decode(String(decoding: try await body(request), as: UTF8.self))
    }

    static func query(_ request: Request) -> [(String, String)] {
        CarrierForm.decode(request.uri.query ?? "")
    }
}

extension [(String, String)] {
    /// The first value of that name.
    package subscript(name: String) -> String? {
        first { $0.0 == name }?.1
    }
}

extension Data {
    fileprivate init(buffer: ByteBuffer) {
        self.init(buffer.readableBytesView)
    }
}
