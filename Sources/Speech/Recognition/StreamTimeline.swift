/// Where the sound of one stream to the provider lies in the audio time of the call, in milliseconds.
///
/// The two differ because a stream begins in the middle of a call, and because silence that is fed to keep a stream
/// open takes time in the stream and none in the call.
struct StreamTimeline: Sendable {
    private struct Stretch {
        let streamMs: Int
        let callMs: Int
        let isSilence: Bool
    }

    /// At most two for each pause of the caller's audio, and a stream is short.
    private var stretches: [Stretch] = []
    /// Sound handed to the stream so far.
    private(set) var streamMs = 0
    private var callMs: Int

    init(startMs: Int) {
        callMs = startMs
    }

    mutating func append(audioMs: Int) {
        begin(isSilence: false)
        streamMs += audioMs
        callMs += audioMs
    }

    mutating func append(silenceMs: Int) {
        begin(isSilence: true)
        streamMs += silenceMs
    }

    /// The call's time of an offset in the stream; offsets outside are moved to the nearest end.
    func callMs(at offsetMs: Int) -> Int {
        let offset = min(max(offsetMs, 0), streamMs)
        guard let stretch = stretches.last(where: { $0.streamMs <= offset }) else { return callMs }
        return stretch.isSilence ? stretch.callMs : stretch.callMs + offset - stretch.streamMs
    }

    private mutating func begin(isSilence: Bool) {
        if stretches.last?.isSilence != isSilence {
            stretches.append(Stretch(streamMs: streamMs, callMs: callMs, isSilence: isSilence))
        }
    }
}
