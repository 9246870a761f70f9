import Kernel
import Telemetry

/// What a provider's stream is given: messages to send, and whom to tell what happened.
struct RecognitionLink: Sendable {
    /// Sound in the order to be sent. Its end closes the sending half of the stream.
    let messages: AsyncStream<[UInt8]>
    /// To be called once for the configuration and once for every message, when the connection has taken it.
    let wrote: @Sendable () async -> Void
    let heard: @Sendable (RecognitionMachine.StreamEvent) async -> Void
}

/// Performs what the machine of one recognition asks for. One mailbox, one loop, one machine; streams, the caller's
/// audio and the clock are children that feed the mailbox.
struct RecognitionSession: Sendable {
    /// Holds one stream to the provider and returns when it is over: with its error, or nil after an orderly end.
    typealias Converse = @Sendable (_ stream: Int, _ isReopening: Bool, _ link: RecognitionLink) async -> SpeechError?

    private typealias Input = RecognitionMachine.Input

    /// What a stream's child is told.
    private struct StreamControl {
        let messages: AsyncStream<[UInt8]>.Continuation
        let abandon: AsyncStream<Never>.Continuation
    }

    private let limits: RecognitionLimits
    private let time: TimeSource
    private let figures: RecognitionFigures
    private let provider: String
    private let converse: Converse

    init(
        limits: RecognitionLimits,
        time: TimeSource,
        figures: RecognitionFigures,
        provider: String,
        converse: @escaping Converse
    ) {
        self.limits = limits
        self.time = time
        self.figures = figures
        self.provider = provider
        self.converse = converse
    }

    func run(audio: AsyncStream<[UInt8]>, onEvent: @Sendable (RecognitionEvent) -> Void) async throws {
        figures.active.add(1)
        defer { figures.active.add(-1) }
        let mailbox = Mailbox<Input>(capacity: 1_024)
        let (pulls, pull) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await read(audio, on: pulls, into: mailbox) }
            group.addTask { try await watchTheClock(mailbox) }
            defer { group.cancelAll() }

            var machine = RecognitionMachine(limits: limits)
            var streams: [Int: StreamControl] = [:]
            var effects = machine.start()
            var inputs = mailbox.makeAsyncIterator()
            while true {
                for effect in effects {
                    switch effect {
                    case .open(let number, let isReopening):
                        let kind = number == 0 ? figures.opened : isReopening ? figures.reopened : figures.replaced
                        kind.increment()
                        streams[number] = open(number, isReopening: isReopening, mailbox, in: &group)
                    case .send(let number, let message):
                        streams[number]?.messages.yield(message)
                    case .halfClose(let number):
                        streams[number]?.messages.finish()
                    case .abandon(let number):
                        streams.removeValue(forKey: number)?.abandon.finish()
                    case .pull:
                        pull.yield()
                    case .emit(let event):
                        onEvent(event)
                    case .finish(let error):
                        if let error {
                            figures.failed.increment()
                            throw error.named(provider)
                        }
                        return
                    }
                }
                guard let input = await inputs.next() else { throw CancellationError() }
                if case .ended(let number, _) = input { streams[number] = nil }
                effects = machine.handle(input)
            }
        }
    }

    /// Reads one chunk for each pull, so that a stalled stream leaves the caller's audio where its owner bounds it.
    private func read(_ audio: AsyncStream<[UInt8]>, on pulls: AsyncStream<Void>, into mailbox: Mailbox<Input>) async {
        var chunks = audio.makeAsyncIterator()
        for await _ in pulls {
            guard let chunk = await chunks.next() else {
                // The end of cancelled audio is not the end of the call.
                if !Task.isCancelled { await mailbox.post(.audioEnded) }
                return
            }
            await mailbox.post(.audio(chunk))
        }
    }

    private func watchTheClock(_ mailbox: Mailbox<Input>) async throws {
        while !Task.isCancelled {
            try await time.sleep(limits.tick)
            await mailbox.post(.tick)
        }
    }

    private func open(
        _ number: Int,
        isReopening: Bool,
        _ mailbox: Mailbox<Input>,
        in group: inout ThrowingTaskGroup<Void, any Error>
    ) -> StreamControl {
        // Bounded by the machine: its window, and once the sound that is replayed.
        let (messages, messageInput) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .unbounded)
        let (abandoned, abandon) = AsyncStream.makeStream(of: Never.self)
        let link = RecognitionLink(
            messages: messages,
            wrote: { await mailbox.post(.wrote(stream: number)) },
            heard: { await mailbox.post(.heard(stream: number, $0)) }
        )
        let converse = converse
        group.addTask {
            let error = await withTaskGroup(of: SpeechError?.self) { stream in
                stream.addTask { await converse(number, isReopening, link) }
                stream.addTask {
                    for await _ in abandoned {}
                    return nil
                }
                let first = await stream.next() ?? nil
                stream.cancelAll()
                return first
            }
            await mailbox.post(.ended(stream: number, error))
        }
        return StreamControl(messages: messageInput, abandon: abandon)
    }
}
