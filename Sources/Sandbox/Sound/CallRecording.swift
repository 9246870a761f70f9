package import Foundation

/// A call for the ear: what was heard, spoken by espeak-ng, the caller on the left and everybody else on the right.
package enum CallRecording {
    /// A gap in the call longer than this is shortened to it.
    private static let longestGapMs = 3_000

    /// A stereo WAVE file at 8 kHz.
    ///
    /// The modem speaks faster than people, so each utterance is moved to where the ones before it leave room; an
    /// utterance that interrupted another still begins before that one ends. Blocks while espeak-ng speaks.
    package static func render(
        _ lines: [TranscriptLine],
        callerVoice: EspeakVoice,
        agentVoice: EspeakVoice
    ) throws -> Data {
        var left = [Int16]()
        var right = [Int16]()
        var heardEndMs = 0
        var placedEnd = 0
        let spoken = lines.filter { $0.speaker != .system && !$0.text.hasPrefix("(") }
        for line in spoken.sorted(by: { $0.startMs < $1.startMs }) {
            let isCaller = line.speaker == .caller
            let sound = try (isCaller ? callerVoice : agentVoice).linear(line.text)
            let gapMs = min(line.startMs - heardEndMs, longestGapMs)
            // An interruption overlaps by as much as was heard of both, at most 600 ms.
            let place = max(0, placedEnd + max(gapMs, -600) * 8)
            if isCaller {
                mix(sound, at: place, into: &left)
            } else {
                mix(sound, at: place, into: &right)
            }
            heardEndMs = max(heardEndMs, line.endMs)
            placedEnd = max(placedEnd, place + sound.count)
        }
        let count = max(left.count, right.count)
        left += [Int16](repeating: 0, count: count - left.count)
        right += [Int16](repeating: 0, count: count - right.count)
        return WaveFile.linear(zip(left, right).flatMap { [$0, $1] }, channels: 2, rate: 8_000)
    }

    private static func mix(_ sound: [Int16], at place: Int, into track: inout [Int16]) {
        if track.count < place + sound.count {
            track += [Int16](repeating: 0, count: place + sound.count - track.count)
        }
        for (index, sample) in sound.enumerated() {
            track[place + index] = Int16(clamping: Int(track[place + index]) + Int(sample))
        }
    }
}
