/// The ears of one call, on the media stream's event loop: voice activity, alarms on the call's audio time, and the
/// sound for the recogniser. Everything that matters becomes an event in the call's mailbox.
final class Hearing: CallEars {
    private var detector: VoiceActivityDetector
    private let mailbox: CallMailbox
    private let feed: AudioFeed
    private var chunk: [UInt8] = []
    private var alarms: [(id: Int, atMs: Int)] = []
    private var nextAlarmMs = Int.max
    /// The end of the sound heard so far; a frame that begins before it has been heard already.
    private var heardUntilMs = 0

    init(detector: VoiceActivityDetector, mailbox: CallMailbox, feed: AudioFeed) {
        self.detector = detector
        self.mailbox = mailbox
        self.feed = feed
        chunk.reserveCapacity(AudioFeed.chunkBytes)
    }

    func heard(_ audio: UnsafeRawBufferPointer, atMs: Int) {
        let endMs = atMs + audio.count / MuLaw.bytesPerMillisecond
        guard endMs > heardUntilMs else { return }
        heardUntilMs = endMs
        mailbox.audioTime.advance(to: endMs)
        detector.listen(audio, atMs: atMs) { change in
            switch change {
            case .began(let atMs): mailbox.post(.voiceBegan(atMs: atMs))
            case .ceased(let atMs): mailbox.post(.voiceCeased(atMs: atMs))
            }
        }
        gather(audio)
        if endMs >= nextAlarmMs { ring(at: endMs) }
    }

    func played(mark: String) {
        guard let mark = PlayoutMark(mark) else { return }
        mailbox.post(.played(mark))
    }

    func pressed(_ digit: Character) {
        mailbox.post(.pressed(digit))
    }

    func setAlarm(id: Int, atMs: Int) {
        alarms.removeAll { $0.id == id }
        alarms.append((id, atMs))
        nextAlarmMs = min(nextAlarmMs, atMs)
        if heardUntilMs >= nextAlarmMs { ring(at: heardUntilMs) }
    }

    func cancelAlarm(id: Int) {
        alarms.removeAll { $0.id == id }
        nextAlarmMs = alarms.lazy.map(\.atMs).min() ?? .max
    }

    func ended(_ end: StreamEnd) {
        feed.close()
        mailbox.post(.streamEnded(end))
    }

    private func gather(_ audio: UnsafeRawBufferPointer) {
        var rest = audio[...]
        while !rest.isEmpty {
            let take = rest.prefix(AudioFeed.chunkBytes - chunk.count)
            chunk.append(contentsOf: take)
            rest = rest.dropFirst(take.count)
            if chunk.count == AudioFeed.chunkBytes {
                feed.send(chunk)
                chunk = []
                chunk.reserveCapacity(AudioFeed.chunkBytes)
            }
        }
    }

    private func ring(at atMs: Int) {
        let due = alarms.filter { $0.atMs <= atMs }.sorted { $0.atMs < $1.atMs }
        alarms.removeAll { $0.atMs <= atMs }
        nextAlarmMs = alarms.lazy.map(\.atMs).min() ?? .max
        for alarm in due { mailbox.post(.alarm(id: alarm.id)) }
    }
}
