/// Turns a caller's sound into words while the caller speaks.
package protocol Recognizer: Sendable {
    /// Recognises until `audio` ends, then waits for what is still to be recognised and returns; or until the task
    /// is cancelled, and then throws `CancellationError`.
    ///
    /// - Parameters:
    ///   - audio: raw mu-law, 8 kHz, one channel, in chunks of about 100 ms (800 bytes) and in the order heard. The
    ///     first byte is millisecond 0 of the call's audio time; every 8 bytes are one millisecond. The stream should
    ///     hold a bounded number of chunks and drop the oldest.
    ///   - onEvent: called from any thread, never twice at once, in the order recognised. It must not block.
    /// - Throws: `SpeechError` once the provider could not be reached or reached again.
    func recognize(
        _ settings: RecognitionSettings,
        audio: AsyncStream<[UInt8]>,
        onEvent: @escaping @Sendable (RecognitionEvent) -> Void
    ) async throws
}

/// What a recogniser should listen for in one call.
package struct RecognitionSettings: Sendable, Hashable {
    /// A BCP 47 tag, such as `de-DE`.
    package var language: String
    /// Names and words of the tenant that a general model would miss. Empty ones and those beyond the provider's
    /// limits are left out.
    package var phrases: [String]
    /// The provider's name of a model, such as `chirp_3` or `telephony`.
    package var model: String

    package init(language: String, phrases: [String] = [], model: String) {
        self.language = language
        self.phrases = phrases
        self.model = model
    }
}
