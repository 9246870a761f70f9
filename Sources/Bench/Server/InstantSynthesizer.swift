import Speech

/// Speaks every sentence with the same clip, all of it at once.
struct InstantSynthesizer: Synthesizer {
    let clip: [UInt8]

    func synthesize(_ text: String, voice: Voice) -> AsyncThrowingStream<[UInt8], any Error> {
        let (stream, sound) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        sound.yield(clip)
        sound.finish()
        return stream
    }
}
