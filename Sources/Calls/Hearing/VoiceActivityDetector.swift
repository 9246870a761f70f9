/// Tells from the energy of 20 ms frames when somebody begins and ceases to speak.
///
/// The level of the line is followed by minimum statistics: the quietest block of the last 3.2 s is taken for the
/// background, so that a noisy line raises the bar within seconds and speech, which has gaps, does not.
package struct VoiceActivityDetector: Sendable {
    package enum Change: Sendable, Equatable {
        /// Speech began with the frame that starts at this audio time.
        case began(atMs: Int)
        /// Speech ceased; the time is the end of the last frame that was speech, which lies `hangoverMs` back.
        case ceased(atMs: Int)
    }

    package struct Configuration: Sendable {
        /// Mean squares on the 16-bit scale: nothing quieter is ever speech. 180 squared is about −45 dB below full.
        package var quietest: UInt64 = 180 * 180
        /// Background louder than this is not believed, or a long constant tone would become background.
        package var loudestBackground: UInt64 = 800 * 800
        /// How far above the background, as a ratio of energies, a frame must be to begin speech (10 dB) …
        package var onsetRatio: UInt64 = 10
        /// … and to go on with it (7 dB).
        package var holdRatio: UInt64 = 5
        /// Frames that must be loud, of four in a row, to begin speech.
        package var onsetFrames = 3
        /// How long it must be quiet before speech has ceased.
        package var hangoverMs = 160

        package init() {}
    }

    package static let frameMs = 20
    private static let frameBytes = frameMs * MuLaw.bytesPerMillisecond
    private static let blockFrames = 10
    private static let blocks = 16

    private let configuration: Configuration
    private let squares = MuLaw.squares
    private var frameEnergy: UInt64 = 0
    private var frameFill = 0
    private var recentLoud: UInt8 = 0
    private var speaking = false
    private var lastLoudEndMs = 0
    private var minima: [UInt64]
    private var block = 0
    private var blockMinimum = UInt64.max
    private var blockFill = 0
    private var background: UInt64

    package init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
        background = configuration.quietest / configuration.onsetRatio
        minima = Array(repeating: background, count: Self.blocks)
    }

    package var isSpeaking: Bool { speaking }

    /// Takes mu-law of any length and reports the changes in it. Frames are cut every 160 samples, whatever the
    /// length of the pieces.
    package mutating func listen(
        _ audio: UnsafeRawBufferPointer,
        atMs: Int,
        report: (Change) -> Void
    ) {
        var offset = 0
        while offset < audio.count {
            let take = min(Self.frameBytes - frameFill, audio.count - offset)
            frameEnergy += squares.withUnsafeBufferPointer { table in
                var sum: UInt64 = 0
                for index in offset..<offset + take { sum &+= UInt64(table[Int(audio[index])]) }
                return sum
            }
            frameFill += take
            offset += take
            if frameFill == Self.frameBytes {
                let endMs = atMs + offset / MuLaw.bytesPerMillisecond
                if let change = judge(meanSquare: frameEnergy / UInt64(Self.frameBytes), endMs: endMs) {
                    report(change)
                }
                frameEnergy = 0
                frameFill = 0
            }
        }
    }

    private mutating func judge(meanSquare: UInt64, endMs: Int) -> Change? {
        let ratio = speaking ? configuration.holdRatio : configuration.onsetRatio
        let loud = meanSquare > max(configuration.quietest, background * ratio)
        followBackground(meanSquare)
        recentLoud = recentLoud << 1 | (loud ? 1 : 0)
        if loud { lastLoudEndMs = endMs }
        if speaking {
            guard !loud, endMs - lastLoudEndMs >= configuration.hangoverMs else { return nil }
            speaking = false
            recentLoud = 0
            return .ceased(atMs: lastLoudEndMs)
        }
        guard loud, (recentLoud & 0x0F).nonzeroBitCount >= configuration.onsetFrames else { return nil }
        speaking = true
        let onsetFrames = 8 - (recentLoud & 0x0F).leadingZeroBitCount
        return .began(atMs: endMs - onsetFrames * Self.frameMs)
    }

    private mutating func followBackground(_ meanSquare: UInt64) {
        blockMinimum = min(blockMinimum, meanSquare)
        blockFill += 1
        guard blockFill == Self.blockFrames else { return }
        minima[block] = min(blockMinimum, configuration.loudestBackground)
        block = (block + 1) % Self.blocks
        blockMinimum = .max
        blockFill = 0
        background = max(minima.min() ?? 0, 1)
    }
}
