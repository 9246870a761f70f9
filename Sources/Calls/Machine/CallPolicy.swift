/// The times a call is led by, where the flow does not set them.
package struct CallPolicy: Sendable, Equatable {
    /// The caller hears a filler phrase if nothing has been answered by then.
    package var filler: Duration = .milliseconds(700)
    /// The model must begin to answer within this time …
    package var firstToken: Duration = .seconds(5)
    /// … and may pause this long between two pieces.
    package var nextToken: Duration = .seconds(4)
    /// The synthesiser must have begun a sentence within this time, and may pause as long between two pieces.
    package var synthesis: Duration = .seconds(4)
    /// How long the final text is waited for, in milliseconds, when the caller's silence has ended the turn.
    package var finalGraceMs = 400
    /// Silence that must precede a final text before the recogniser may end the turn.
    package var recogniserSilenceMs = 200
    /// An interruption without words is taken back after this time, in milliseconds from the end of the voice.
    package var falseInterruptionMs = 1_500
    /// How much of an interrupted sentence is said again when it is resumed, in milliseconds.
    package var resumeOverlapMs = 300
    /// A voice of at least this length that the recogniser says nothing about …
    package var deafnessVoiceMs = 700
    /// … for this time after it ceased means that the recogniser does not hear.
    package var deafnessMs = 3_000
    /// How long after the last key the caller's digits are complete.
    package var digitsMs = 2_000
    /// How much longer than its sound a sentence may take to be reported as heard.
    package var playoutGraceMs = 3_000

    package init() {}
}
