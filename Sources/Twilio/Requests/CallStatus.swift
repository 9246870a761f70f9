/// Where a call or a leg of it stands, in the carrier's words.
package enum CallStatus: Sendable, Hashable {
    case queued
    case initiated
    case ringing
    case inProgress
    case completed
    case busy
    case failed
    case noAnswer
    case canceled
    /// A word this version does not know.
    case unrecognized(String)

    package init(_ word: String) {
        self = Self.words.first { $0.word == word }?.status ?? .unrecognized(word)
    }

    package var word: String {
        if case .unrecognized(let word) = self { return word }
        return Self.words.first { $0.status == self }?.word ?? ""
    }

    /// Nothing follows; a later event must not move the call back.
    package var isTerminal: Bool {
        switch self {
        case .completed, .busy, .failed, .noAnswer, .canceled: true
        case .queued, .initiated, .ringing, .inProgress, .unrecognized: false
        }
    }

    private static let words: [(word: String, status: CallStatus)] = [
        ("queued", .queued), ("initiated", .initiated), ("ringing", .ringing), ("in-progress", .inProgress),
        ("completed", .completed), ("busy", .busy), ("failed", .failed), ("no-answer", .noAnswer),
        ("canceled", .canceled),
        // The carrier calls an answered leg so in the events of `<Number statusCallback>`.
        ("answered", .inProgress),
    ]
}
