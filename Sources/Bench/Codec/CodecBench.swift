import Calls
import Foundation
import Kernel
import NIOCore
import Twilio

/// What one message and one frame cost, beside Foundation's way to do the same, so that the ratio can be read on any
/// machine.
struct CodecBench {
    let rounds: Int

    func report() throws -> String {
        let frame = SpeechTone.make(milliseconds: 20)
        let piece = SpeechTone.make(milliseconds: 500)
        let message = Array(Self.message(payload: frame).utf8)
        return [
            try line(
                "decode a media message of \(message.count) bytes",
                ours: Subject(times: 100_000) { Self.decoding(message) },
                foundation: Subject(times: 10_000) { Self.decodingWithFoundation(message) }
            ),
            try line(
                "encode a media message, 20 ms of sound",
                ours: Subject(times: 100_000) { try Self.encoding(frame) },
                foundation: Subject(times: 10_000) { Self.encodingWithFoundation(frame) }
            ),
            try line(
                "encode a media message, 500 ms of sound",
                ours: Subject(times: 20_000) { try Self.encoding(piece) },
                foundation: Subject(times: 2_000) { Self.encodingWithFoundation(piece) }
            ),
            try line("detector, a frame of 20 ms", ours: Subject(times: 100_000) { Self.detecting(piece) }),
        ].joined()
    }

    private func line(_ name: String, ours: Subject, foundation: Subject? = nil) throws -> String {
        let nanoseconds = try ours.nanoseconds(rounds: rounds)
        var line = name.padding(toLength: 44, withPad: " ", startingAt: 0) + String(format: "%8.0f ns", nanoseconds)
        if let foundation = try foundation?.nanoseconds(rounds: rounds) {
            line += String(format: "   Foundation %8.0f ns   1/%.1f", foundation, foundation / nanoseconds)
        }
        return line + "\n"
    }

    /// Something that is done many times; what it returns keeps the compiler from leaving it out.
    private struct Subject {
        let times: Int
        let prepare: () throws -> () throws -> Int

        init(times: Int, _ prepare: @escaping () throws -> () throws -> Int) {
            self.times = times
            self.prepare = prepare
        }

        /// Processor time of one, in the quickest round.
        func nanoseconds(rounds: Int) throws -> Double {
            let once = try prepare()
            var quickest = Double.infinity
            var kept = 0
            for _ in 0..<rounds {
                let began = Self.threadTime()
                for _ in 0..<times { kept &+= try once() }
                quickest = min(quickest, Double(Self.threadTime() - began) / Double(times))
            }
            return kept == .min ? .infinity : quickest
        }

        private static func threadTime() -> Int {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return time.tv_sec * 1_000_000_000 + time.tv_nsec
        }
    }

    // MARK: What is measured

    private static let sid = "MZ00000000000000000000000000000001"

    private static func message(payload: [UInt8]) -> String {
        """
        {"event":"media","sequenceNumber":"4711","media":{"track":"inbound","chunk":"4710","timestamp":"94180",\
        "payload":"\(Data(payload).base64EncodedString())"},"streamSid":"\(sid)"}
        """
    }

    private static func decoding(_ message: [UInt8]) -> () throws -> Int {
        var decoder = MediaStreamDecoder()
        return {
            _ = try message.withUnsafeBytes { try decoder.decode($0) }
            return decoder.withPayload { Int($0[0]) + $0.count }
        }
    }

    private static func decodingWithFoundation(_ message: [UInt8]) -> () throws -> Int {
        let data = Data(message)
        let decoder = JSONDecoder()
        return {
            let wire = try decoder.decode(InboundWire.self, from: data)
            guard let payload = Data(base64Encoded: wire.media.payload) else { throw NotBase64() }
            return Int(payload[0]) + payload.count
        }
    }

    private static func encoding(_ sound: [UInt8]) throws -> () throws -> Int {
        guard let streamSid = StreamSid(sid) else { throw NotBase64() }
        let encoder = MediaStreamEncoder(streamSid: streamSid)
        var buffer = ByteBuffer()
        return {
            buffer.clear()
            encoder.media(sound, into: &buffer)
            return buffer.readableBytes
        }
    }

    private static func encodingWithFoundation(_ sound: [UInt8]) -> () throws -> Int {
        let encoder = JSONEncoder()
        return {
            let wire = OutboundWire(media: .init(payload: Data(sound).base64EncodedString()), streamSid: sid)
            return try encoder.encode(wire).count
        }
    }

    /// Speech and silence in turn, as in a call.
    private static func detecting(_ sound: [UInt8]) -> () throws -> Int {
        let silence = [UInt8](repeating: MuLaw.silence, count: sound.count)
        let whole = sound + silence
        let frameBytes = VoiceActivityDetector.frameMs * MuLaw.bytesPerMillisecond
        let frames = stride(from: 0, to: whole.count, by: frameBytes).map { Array(whole[$0..<$0 + frameBytes]) }
        var detector = VoiceActivityDetector()
        var count = 0
        return {
            var changes = 0
            frames[count % frames.count].withUnsafeBytes { audio in
                detector.listen(audio, atMs: count * VoiceActivityDetector.frameMs) { _ in changes += 1 }
            }
            count += 1
            return changes
        }
    }

    private struct InboundWire: Decodable {
        struct Media: Decodable {
            let track: String
            let chunk: String
            let timestamp: String
            let payload: String
        }

        let event: String
        let sequenceNumber: String
        let media: Media
        let streamSid: String
    }

    private struct OutboundWire: Encodable {
        struct Media: Encodable {
            let payload: String
        }

        var event = "media"
        let media: Media
        let streamSid: String
    }

    private struct NotBase64: Error {}
}
