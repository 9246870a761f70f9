/// Who speaks, and how fast.
package struct Voice: Sendable, Hashable {
    /// The provider's name of the voice, such as `de-DE-Chirp3-HD-Leda`.
    package var name: String
    /// A BCP 47 tag, such as `de-DE`.
    package var language: String
    /// 1 is the voice's own pace; providers take 0.25 to 2, and values outside are moved to the nearest of these.
    package var speakingRate: Double

    package init(name: String, language: String, speakingRate: Double = 1) {
        self.name = name
        self.language = language
        self.speakingRate = speakingRate
    }
}
