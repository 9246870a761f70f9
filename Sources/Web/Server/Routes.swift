import HTTPTypes

/// The whole surface of the product, one line each. `voiceagent routes` prints it and a test freezes it.
extension Endpoint {
    // Health
    package static let health = probe("/api/health", "what works and what does not")
    package static let live = probe("/livez", "the process runs")
    package static let ready = probe("/readyz", "new calls are welcome")

    // Telephony
    package static let voice = webhook("/twilio/voice", "a call arrives")
    package static let voiceFallback = webhook("/twilio/voice/fallback", "a call whose first request failed elsewhere")
    package static let callContinue = webhook("/twilio/voice/continue", "the media stream is over, what now")
    package static let dialEnded = webhook("/twilio/dial/ended", "the hand-over is over, what now")
    package static let dialStatus = webhook("/twilio/dial/status", "the dialled leg changed")
    package static let whisper = webhook("/twilio/dial/whisper", "what the dialled person hears first")
    package static let whisperAccepted = webhook("/twilio/dial/accepted", "the dialled person pressed a key")
    package static let callStatus = webhook("/twilio/call/status", "the call changed")
    package static let streamStatus = webhook("/twilio/stream/status", "the media stream changed")
    package static let media = socket("/media", "the sound of a call, both ways")

    /// Every line, in the order of printing.
    package static let table: [Endpoint] = [
        health, live, ready,
        voice, voiceFallback, callContinue, dialEnded, dialStatus, whisper, whisperAccepted, callStatus, streamStatus,
        media,
    ]

    /// The endpoint of the second, internal port.
    package static let metrics = Endpoint(.get, "/metrics", access: .anyone, kind: "metrics", "figures for Prometheus")

    private static func probe(_ path: String, _ purpose: String) -> Endpoint {
        Endpoint(.get, path, access: .anyone, kind: "health", purpose)
    }

    /// A form of a few hundred bytes; the limit leaves room for what the carrier may add.
    private static func webhook(_ path: String, _ purpose: String) -> Endpoint {
        Endpoint(.post, path, access: .carrier, bodyLimit: 64 * 1_024, kind: "telephony", purpose)
    }

    private static func socket(_ path: String, _ purpose: String) -> Endpoint {
        Endpoint(.get, path, access: .carrier, isSocket: true, kind: "media", purpose)
    }
}

extension Endpoint {
    /// The table as text in columns, for a terminal.
    package static func describe(_ endpoints: [Endpoint] = table) -> String {
        let head = ["METHOD", "PATH", "ACCESS", "BODY", "PURPOSE"]
        let rows = [head] + endpoints.map(\.columns)
        let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }
        return lines.map { String($0.reversed().drop { $0 == " " }.reversed()) + "\n" }.joined()
    }

    private var columns: [String] {
        [
            isSocket ? "WEBSOCKET" : method.rawValue,
            path,
            access.label,
            bodyLimit == 0 ? "-" : "\(bodyLimit / 1_024) KiB",
            purpose,
        ]
    }
}
