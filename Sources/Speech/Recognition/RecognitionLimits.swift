/// The bounds that a recognition keeps to. Audio times are in milliseconds of sound, whatever the pace of the call;
/// the tick is the only waiting by the clock.
package struct RecognitionLimits: Sendable {
    /// From here on a stream is replaced as soon as nobody speaks.
    package var preferredRollOverMs = 225_000
    /// Here it is replaced in any case. Google ends a stream at about 300 s.
    package var latestRollOverMs = 240_000
    /// How long nobody must have spoken for a gap.
    package var idleGapMs = 300
    /// How long after the end of speech its words may still be outstanding.
    package var settlingMs = 2_000
    /// An utterance of up to this length is heard again in full by the stream that replaces another.
    package var replayMs = 10_000
    /// Of a longer one, this much is heard by both, and the words are joined.
    package var overlapMs = 2_000
    /// In a gap, the sound before it that the new stream hears too: the first syllable may be on its way already.
    package var onsetMs = 2_000
    /// A stream that has heard this much counts as having worked: its failure is a new one.
    package var steadyMs = 10_000
    /// The largest message of sound. Google's limit is 15 KB.
    package var maximumMessageBytes = 8_000
    /// Messages handed to a stream and not yet taken by the connection, above which no more sound is read.
    package var window = 20
    /// How often the clock is looked at, and the length of one portion of silence.
    package var tick = Duration.seconds(1)
    /// How long the answers of a stream that has replaced another are waited for before the other's words are used.
    package var settlingTicks = 3
    /// A stream that takes nothing for this many ticks has failed.
    package var stalledTicks = 5
    /// A stream that is closed and does not end within this many ticks is given up.
    package var drainTicks = 5

    package init() {}
}
