import Foundation

/// What the browser is told over its stream (Server-sent events, HTML Living Standard 9.2).
enum LiveMessage: Equatable {
    /// How long the browser waits before it connects again, in milliseconds.
    case retry(Int)
    /// Keeps the connection, and tells us whether it is still there.
    case heartbeat
    /// Which calls there are, in their order, and how many in words.
    case calls([String], count: String)
    case call(LiveCallView)
    /// How it goes on being told.
    case mode(Mode)
    /// Nothing follows, and the browser shall not come back.
    case end(End)

    enum Mode: String, Equatable {
        /// Changes are shown as they happen.
        case following
        /// Redis is away: what is stored is looked at every few seconds.
        case polling
        /// Nothing can be read either.
        case unavailable
    }

    enum End: String, Equatable {
        case signedOut = "signed_out"
        /// The person watches from as many pages as they may.
        case tooMany = "too_many"
    }

    /// As it goes over the wire.
    func text() throws -> String {
        switch self {
        case .retry(let milliseconds): "retry: \(milliseconds)\n\n"
        case .heartbeat: ":\n\n"
        case .calls(let ids, let count): try Self.event("calls", Calls(ids: ids, count: count))
        case .call(let call): try Self.event("call", call)
        case .mode(let mode): try Self.event("mode", ["mode": mode.rawValue])
        case .end(let end): try Self.event("end", ["reason": end.rawValue])
        }
    }

    private struct Calls: Encodable {
        let ids: [String]
        let count: String
    }

    /// JSON of one line: line breaks inside texts are escaped.
    private static func event(_ name: String, _ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return "event: \(name)\ndata: \(String(decoding: try encoder.encode(value), as: UTF8.self))\n\n"
    }
}
