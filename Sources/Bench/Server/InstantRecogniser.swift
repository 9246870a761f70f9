import Calls
import Speech

/// Understands "Hallo" in everything that is loud, without any time of its own.
///
/// The word comes with the third loud piece of 100 ms, or with the first quiet one if there were fewer. By then whoever
/// speaks over the agent has spoken for longer than the flow's 200 ms, so that it is the detector that decides about an
/// interruption, and the end of a turn still finds the word.
struct InstantRecogniser: Recognizer {
    private static let loudPieces = 3

    func recognize(
        _ settings: RecognitionSettings,
        audio: AsyncStream<[UInt8]>,
        onEvent: @escaping @Sendable (RecognitionEvent) -> Void
    ) async throws {
        var loudInARow = 0
        var heardMs = 0
        for await piece in audio {
            heardMs += piece.count / MuLaw.bytesPerMillisecond
            if Self.isLoud(piece) {
                loudInARow += 1
                if loudInARow == Self.loudPieces { onEvent(.final("Hallo", endMs: heardMs)) }
            } else {
                if (1..<Self.loudPieces).contains(loudInARow) { onEvent(.final("Hallo", endMs: heardMs)) }
                loudInARow = 0
            }
        }
    }

    /// Whether a tenth of what is looked at, every fourth sample, is louder than anything in a quiet line.
    private static func isLoud(_ piece: [UInt8]) -> Bool {
        var loud = 0
        for index in stride(from: 0, to: piece.count, by: 4) where loudBytes[Int(piece[index])] { loud += 1 }
        return loud * 40 > piece.count
    }

    private static let loudBytes: [Bool] = (0...255).map { abs(MuLaw.linear(UInt8($0))) > 500 }
}
