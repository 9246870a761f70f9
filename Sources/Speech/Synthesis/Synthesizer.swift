/// Speaks a text.
package protocol Synthesizer: Sendable {
    /// Raw mu-law, 8 kHz, one channel, in the order to be played; ends when the text has been spoken.
    ///
    /// Work begins at once and stops when the stream is dropped. An empty text gives no sound. Fails with
    /// `SpeechError`, possibly after some sound has been delivered.
    func synthesize(_ text: String, voice: Voice) -> AsyncThrowingStream<[UInt8], any Error>
}
