import Crypto
import Foundation
import Synchronization

/// Speaks each sentence once: what has been synthesised is kept by its content (voice and text) and played again.
///
/// For sentences that recur: greetings, announcements, apologies. Those who ask for the same sentence at the same time
/// share one synthesis; one that fails is not kept. When `maximumBytes` is exceeded, what was used longest ago goes.
package final class PhraseCache: Synthesizer {
    private typealias Key = SHA256Digest
    private typealias Listener = AsyncThrowingStream<[UInt8], any Error>.Continuation

    private struct Phrase {
        let sound: [[UInt8]]
        let bytes: Int
        var lastUse: Int
    }

    /// A synthesis in progress and all who listen to it.
    private struct Flight {
        var sound: [[UInt8]] = []
        var listeners: [Listener]
        var task: Task<Void, Never>?
    }

    private struct State {
        var phrases: [Key: Phrase] = [:]
        var flights: [Key: Flight] = [:]
        var bytes = 0
        var uses = 0
    }

    private let synthesizer: any Synthesizer
    private let maximumBytes: Int
    private let state = Mutex(State())

    /// - Parameter maximumBytes: of sound, 8,000 a second; 32 MiB is a little more than an hour.
    package init(_ synthesizer: any Synthesizer, maximumBytes: Int = 32 * 1_024 * 1_024) {
        self.synthesizer = synthesizer
        self.maximumBytes = maximumBytes
    }

    deinit {
        for flight in state.withLock({ $0.flights.values }) { flight.task?.cancel() }
    }

    /// Bytes of sound kept now.
    package var keptBytes: Int { state.withLock { $0.bytes } }

    package func synthesize(_ text: String, voice: Voice) -> AsyncThrowingStream<[UInt8], any Error> {
        let key = Self.key(text, voice)
        // Bounded by the synthesiser: one sentence.
        let (stream, listener) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
        let kept: [[UInt8]]? = state.withLock { state in
            state.uses += 1
            if var phrase = state.phrases[key] {
                phrase.lastUse = state.uses
                state.phrases[key] = phrase
                return phrase.sound
            }
            if var flight = state.flights[key] {
                for portion in flight.sound { listener.yield(portion) }
                flight.listeners.append(listener)
                state.flights[key] = flight
            } else {
                state.flights[key] = Flight(listeners: [listener])
                // Owned by the flight, not by the first who asked: the others, and the next, listen to it too.
                state.flights[key]?.task = Task { [synthesizer, weak self] in
                    let sound = synthesizer.synthesize(text, voice: voice)
                    do {
                        for try await portion in sound { self?.heard(portion, key) }
                        self?.land(key, error: nil)
                    } catch {
                        self?.land(key, error: error)
                    }
                }
            }
            return nil
        }
        if let kept {
            for portion in kept { listener.yield(portion) }
            listener.finish()
        }
        return stream
    }

    /// Synthesises a sentence ahead of the call that will need it. Throws what the synthesiser throws.
    package func prepare(_ text: String, voice: Voice) async throws {
        for try await _ in synthesize(text, voice: voice) {}
    }

    private func heard(_ portion: [UInt8], _ key: Key) {
        state.withLock { state in
            state.flights[key]?.sound.append(portion)
            for listener in state.flights[key]?.listeners ?? [] { listener.yield(portion) }
        }
    }

    private func land(_ key: Key, error: (any Error)?) {
        let listeners = state.withLock { state -> [Listener] in
            guard let flight = state.flights.removeValue(forKey: key) else { return [] }
            if error == nil { keep(flight.sound, key, &state) }
            return flight.listeners
        }
        for listener in listeners { listener.finish(throwing: error) }
    }

    private func keep(_ sound: [[UInt8]], _ key: Key, _ state: inout State) {
        let bytes = sound.reduce(0) { $0 + $1.count }
        // One sentence never empties the cache, and silence for a text is an answer that is not trusted.
        guard bytes > 0, bytes <= maximumBytes / 4 else { return }
        state.uses += 1
        state.phrases[key] = Phrase(sound: sound, bytes: bytes, lastUse: state.uses)
        state.bytes += bytes
        while state.bytes > maximumBytes, let oldest = state.phrases.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            state.phrases[oldest.key] = nil
            state.bytes -= oldest.value.bytes
        }
    }

    private static func key(_ text: String, _ voice: Voice) -> Key {
        var hash = SHA256()
        for part in [voice.name, voice.language, "\(voice.speakingRate)", text] {
            hash.update(data: Data("\(part.utf8.count):".utf8))
            hash.update(data: Data(part.utf8))
        }
        return hash.finalize()
    }
}
