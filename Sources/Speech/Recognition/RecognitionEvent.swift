/// What a recogniser has understood. Times are audio time of the call, in milliseconds from its first sample.
package enum RecognitionEvent: Sendable, Equatable {
    /// Someone began to speak. May come without any words after it.
    case speechBegan(atMs: Int)
    /// Speech stopped. Not sent if the audio ends first.
    case speechEnded(atMs: Int)
    /// All words since the last `final`, as understood so far. Each replaces the one before.
    case partial(String)
    /// All words since the last `final`, as they will stay. `endMs` is where the last of them ends.
    case final(String, endMs: Int)
}
