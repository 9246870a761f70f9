import Crypto
import Foundation
import NIOHTTP1

/// The opening handshake of RFC 6455, as far as a server judges it by the request alone.
enum Handshake {
    enum Judgement: Equatable {
        /// The request is well formed; the value is the answer's `Sec-WebSocket-Accept`.
        case wellFormed(accept: String)
        case unsupportedVersion
        case malformed
    }

    static func asksForWebSocket(_ head: HTTPRequestHead) -> Bool {
        head.method == .GET && head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
    }

    static func judge(_ head: HTTPRequestHead) -> Judgement {
        let headers = head.headers
        guard headers["sec-websocket-version"] == ["13"] else { return .unsupportedVersion }
        guard head.version == .http1_1,
            headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "upgrade" }),
            !headers.contains(name: "transfer-encoding"),
            (headers.first(name: "content-length") ?? "0") == "0",
            headers["sec-websocket-key"].count == 1, let key = headers.first(name: "sec-websocket-key"),
            Data(base64Encoded: key)?.count == 16
        else { return .malformed }
        return .wellFormed(accept: accept(key: key))
    }

    /// RFC 6455, 4.2.2.
    static func accept(key: String) -> String {
        let digest = Insecure.SHA1.hash(data: Data("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
        return Data(digest).base64EncodedString()
    }

    /// No extension and no subprotocol is ever accepted: compressing sound that is already compressed costs 300 KB a
    /// connection for nothing.
    static func answer(accept: String) -> HTTPResponseHead {
        HTTPResponseHead(
            version: .http1_1,
            status: .switchingProtocols,
            headers: ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept]
        )
    }
}
