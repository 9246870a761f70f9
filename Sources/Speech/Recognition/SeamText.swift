private import Foundation

/// Joins what two streams understood of sound that both have heard in part.
///
/// The first stream was cut off, so its last word may be a fragment or a wrong guess; the second began in the middle,
/// so its first word may be. The words that both understood appear once.
enum SeamText {
    /// More than anybody says in the sound that both streams hear; it also bounds the work.
    private static let maximumOverlap = 64

    static func join(_ earlier: String, _ later: String) -> String {
        let left = words(earlier)
        let right = words(later)
        if left.isEmpty { return right.joined(separator: " ") }
        if right.isEmpty { return left.joined(separator: " ") }
        let tail = left.suffix(maximumOverlap)
        let head = right.prefix(maximumOverlap)
        guard let overlap = longestOverlap(tail.map(plain), head.map(plain)) else {
            return (left + right).joined(separator: " ")
        }
        let leftStart = left.count - tail.count + overlap.leftStart
        let kept = left.prefix(leftStart)
        // The first of the common words may be a fragment on the right, every other one on the left only.
        let first = overlap.takesFirstFromLeft ? [left[leftStart]] : [right[overlap.rightStart]]
        return (kept + first + right.dropFirst(overlap.rightStart + 1)).joined(separator: " ")
    }

    private struct Overlap {
        let count: Int
        let leftStart: Int
        let rightStart: Int
        let takesFirstFromLeft: Bool
    }

    private static func longestOverlap(_ left: [String], _ right: [String]) -> Overlap? {
        var best: Overlap?
        // Leaving one word out at the seam, on either side, forgives a fragment that was heard as another word.
        for (leftOut, rightOut) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let head = left.dropLast(leftOut)
            let tail = right.dropFirst(rightOut)
            for count in stride(from: min(head.count, tail.count), to: best?.count ?? 0, by: -1) {
                guard agree(head.suffix(count), tail.prefix(count)) else { continue }
                let leftStart = head.count - count
                let isFragment = left[leftStart].count > right[rightOut].count
                best = Overlap(
                    count: count,
                    leftStart: leftStart,
                    rightStart: rightOut,
                    takesFirstFromLeft: isFragment
                )
                break
            }
        }
        return best
    }

    private static func agree(_ left: ArraySlice<String>, _ right: ArraySlice<String>) -> Bool {
        let last = left.count - 1
        return zip(left, right).enumerated().allSatisfy { index, pair in
            pair.0 == pair.1
                || (index == last && pair.1.hasPrefix(pair.0))
                || (index == 0 && pair.0.hasSuffix(pair.1))
        }
    }

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// A word as it is compared: a recogniser's punctuation and capitals depend on what follows.
    private static func plain(_ word: String) -> String {
        let letters = word.lowercased().filter { $0.isLetter || $0.isNumber }
        return letters.isEmpty ? word : letters
    }
}
