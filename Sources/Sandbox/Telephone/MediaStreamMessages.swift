import Foundation

/// The messages that the carrier sends on a media stream.
struct MediaStreamWriter {
    let streamSid: String
    let callSid: String
    let accountSid: String
    private var sequence = 0
    private var chunk = 0

    init(streamSid: String, callSid: String, accountSid: String) {
        self.streamSid = streamSid
        self.callSid = callSid
        self.accountSid = accountSid
    }

    static let connected = #"{"event":"connected","protocol":"Call","version":"1.0.0"}"#

    private struct Start: Encodable {
        struct Details: Encodable {
            struct Format: Encodable {
                let encoding = "audio/x-mulaw"
                let sampleRate = 8_000
                let channels = 1
            }

            let accountSid: String
            let streamSid: String
            let callSid: String
            let tracks = ["inbound"]
            let mediaFormat = Format()
            let customParameters: [String: String]
        }

        let event = "start"
        let sequenceNumber: String
        let start: Details
        let streamSid: String
    }

    private struct Mark: Encodable {
        struct Name: Encodable {
            let name: String
        }

        let event = "mark"
        let sequenceNumber: String
        let streamSid: String
        let mark: Name
    }

    mutating func start(parameters: [String: String]) throws -> String {
        let details = Start.Details(
            accountSid: accountSid,
            streamSid: streamSid,
            callSid: callSid,
            customParameters: parameters
        )
        return try json(Start(sequenceNumber: nextSequence(), start: details, streamSid: streamSid))
    }

    /// Built by hand: there are fifty a second for each call.
    mutating func media(_ frame: [UInt8], timestampMs: Int) -> String {
        chunk += 1
        let payload = Data(frame).base64EncodedString()
        return #"{"event":"media","sequenceNumber":""# + nextSequence() + #"","media":{"track":"inbound","chunk":""#
            + String(chunk) + #"","timestamp":""# + String(timestampMs) + #"","payload":""# + payload
            + #""},"streamSid":""# + streamSid + #""}"#
    }

    mutating func dtmf(_ digit: Character) -> String {
        #"{"event":"dtmf","streamSid":""# + streamSid + #"","sequenceNumber":""# + nextSequence()
            + #"","dtmf":{"track":"inbound_track","digit":""# + String(digit) + #""}}"#
    }

    mutating func mark(_ name: String) throws -> String {
        try json(Mark(sequenceNumber: nextSequence(), streamSid: streamSid, mark: .init(name: name)))
    }

    mutating func stop() -> String {
        #"{"event":"stop","sequenceNumber":""# + nextSequence() + #"","streamSid":""# + streamSid
            + #"","stop":{"accountSid":""# + accountSid + #"","callSid":""# + callSid + #""}}"#
    }

    private mutating func nextSequence() -> String {
        sequence += 1
        return String(sequence)
    }

    private func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}

/// A message of the far end, read as the carrier reads it.
enum FarMessage: Equatable {
    case media([UInt8])
    case mark(String)
    case clear

    /// The text is the reason for which the carrier would end the stream (its error 31951).
    struct Refusal: Error, Equatable {
        let reason: String
    }

    private struct Shape: Decodable {
        struct Media: Decodable {
            let payload: String
        }

        struct Mark: Decodable {
            let name: String
        }

        let event: String
        let streamSid: String?
        let media: Media?
        let mark: Mark?
    }

    static func read(_ text: Data, streamSid: String) throws(Refusal) -> FarMessage {
        let shape: Shape
        do {
            shape = try JSONDecoder().decode(Shape.self, from: text)
        } catch {
            throw Refusal(reason: "not a message")
        }
        guard shape.streamSid == streamSid else { throw Refusal(reason: "streamSid is missing or foreign") }
        switch shape.event {
        case "media":
            guard let payload = shape.media?.payload, let sound = Data(base64Encoded: payload) else {
                throw Refusal(reason: "media without base64 payload")
            }
            guard !sound.starts(with: Data("RIFF".utf8)) else { throw Refusal(reason: "media with a file header") }
            return .media([UInt8](sound))
        case "mark":
            guard let name = shape.mark?.name else { throw Refusal(reason: "mark without a name") }
            return .mark(name)
        case "clear": return .clear
        default: throw Refusal(reason: "unknown event \(shape.event)")
        }
    }
}
