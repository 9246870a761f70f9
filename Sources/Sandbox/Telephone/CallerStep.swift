package import Foundation

/// What the caller does, one step after the other.
package enum CallerStep: Sendable, Equatable {
    /// Waits until the agent has said something and is silent again.
    case waitForTurn
    /// Speaks at once.
    case say(String)
    /// Waits until the agent has been audible for so long within a turn, then speaks into it.
    case interrupt(afterMs: Int, say: String)
    /// Plays a recording, raw µ-law 8 kHz.
    case play([UInt8])
    case digits(String)
    case silence(ms: Int)
    /// The last turn of the agent must contain this text; case does not matter.
    case expect(String)
    case hangUp
}

package struct CallerScriptFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// Line in the file, from 1.
    package let line: Int
    package let reason: String

    package var description: String { "Skript, Zeile \(line): \(reason)" }
}

extension CallerStep {
    private struct Line: Decodable {
        struct Interruption: Decodable {
            let afterMs: Int
            let say: String
        }

        let wait: String?
        let say: String?
        let interrupt: Interruption?
        let play: String?
        let digits: String?
        let silenceMs: Int?
        let expect: String?
        let hangup: Bool?
    }

    private static let names: Set<String> = [
        "wait", "say", "interrupt", "play", "digits", "silenceMs", "expect", "hangup",
    ]

    /// Reads a script: one JSON object with exactly one key a line; empty lines and lines that begin with `#` count
    /// nothing. Recordings named by `play` are 8 kHz WAVE files relative to `folder`.
    package static func read(script: String, folder: URL) throws(CallerScriptFailure) -> [CallerStep] {
        var steps = [CallerStep]()
        for (index, text) in script.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let text = text.trimmingCharacters(in: .whitespaces)
            if text.isEmpty || text.hasPrefix("#") { continue }
            do {
                steps.append(try step(text, folder: folder))
            } catch let failure as CallerScriptFailure {
                throw CallerScriptFailure(line: index + 1, reason: failure.reason)
            } catch {
                throw CallerScriptFailure(line: index + 1, reason: "kein gültiger Schritt")
            }
        }
        return steps
    }

    private static func step(_ text: String, folder: URL) throws -> CallerStep {
        let data = Data(text.utf8)
        let keys = (try JSONSerialization.jsonObject(with: data) as? [String: Any])?.keys.map { $0 } ?? []
        guard keys.count == 1, let key = keys.first, names.contains(key) else {
            let known = names.sorted().joined(separator: ", ")
            throw CallerScriptFailure(line: 0, reason: "genau ein Schlüssel aus \(known)")
        }
        let line = try JSONDecoder().decode(Line.self, from: data)
        if let wait = line.wait {
            guard wait == "turn" else { throw CallerScriptFailure(line: 0, reason: "wait kennt nur „turn“") }
            return .waitForTurn
        }
        if let say = line.say { return .say(say) }
        if let interruption = line.interrupt {
            return .interrupt(afterMs: interruption.afterMs, say: interruption.say)
        }
        if let file = line.play {
            let (samples, rate) = try WaveFile.readLinear(Data(contentsOf: folder.appending(path: file)))
            return .play(MuLaw.encode(Resampler.resample(samples, from: rate, to: 8_000)))
        }
        if let digits = line.digits { return .digits(digits) }
        if let silence = line.silenceMs { return .silence(ms: silence) }
        if let text = line.expect { return .expect(text) }
        return .hangUp
    }
}
