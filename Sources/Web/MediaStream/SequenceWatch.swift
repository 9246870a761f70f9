/// Watches the numbering of a stream's messages. Numbering is the far end's affair: gaps and repeats are counted, and
/// only a frame that is the same one again is kept from the ears.
struct SequenceWatch {
    enum Finding: Equatable {
        case inOrder
        case gap
        /// A number that was seen before, on another frame.
        case disorder
        /// The very frame that came last.
        case repetition
    }

    private var lastSequence: Int?
    private var lastTimestamp = -1

    /// A mark or a key takes a number that we do not read, so that the next frame begins the count anew.
    mutating func noteOther() {
        lastSequence = nil
    }

    /// A message without a timestamp only takes its place in the numbering.
    mutating func note(sequence: Int?, timestampMs: Int? = nil) -> Finding {
        guard let sequence else {
            lastTimestamp = timestampMs ?? lastTimestamp
            return .inOrder
        }
        defer {
            lastSequence = max(sequence, lastSequence ?? sequence)
            lastTimestamp = timestampMs ?? lastTimestamp
        }
        guard let lastSequence else { return .inOrder }
        if sequence == lastSequence + 1 { return .inOrder }
        if sequence > lastSequence { return .gap }
        return sequence == lastSequence && timestampMs == lastTimestamp ? .repetition : .disorder
    }
}
