import Foundation
import NIOCore
import NIOPosix

/// A TCP client that sends exactly what a test says and shows exactly what comes back.
final class RawClient: Sendable {
    struct Closed: Error {
        let received: String
    }

    private let channel: any Channel
    private let received: ByteCollector

    private init(channel: any Channel, received: ByteCollector) {
        self.channel = channel
        self.received = received
    }

    static func connect(_ port: Int) async throws -> RawClient {
        let reader = ByteCollector()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collecting(reader))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawClient(channel: channel, received: reader)
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Everything up to and including `mark`, which is taken out of what has been received.
    func read(through mark: String) async throws -> String {
        let bytes = try await received.take { bytes in
            let text = [UInt8](mark.utf8)
            guard bytes.count >= text.count else { return nil }
            return (0...(bytes.count - text.count)).first { Array(bytes[$0..<($0 + text.count)]) == text }
                .map { $0 + text.count }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func read(count: Int) async throws -> [UInt8] {
        try await received.take { $0.count >= count ? count : nil }
    }

    /// Everything until the far end closes.
    func readToEnd() async -> [UInt8] {
        await received.rest()
    }

    func textToEnd() async -> String {
        String(decoding: await readToEnd(), as: UTF8.self)
    }

    func closeOutput() async throws {
        try await channel.close(mode: .output)
    }

    func close() async throws {
        try await channel.close()
    }

    /// Closes with a reset instead of an orderly end.
    func reset() async throws {
        let socket = channel as? any SocketOptionProvider
        try await socket?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close()
    }

    private final class Collecting: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let reader: ByteCollector

        init(_ reader: ByteCollector) {
            self.reader = reader
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            reader.add(Array(Self.unwrapInboundIn(data).readableBytesView))
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if let event = event as? ChannelEvent, event == .inputClosed { reader.end() }
        }

        func channelInactive(context: ChannelHandlerContext) {
            reader.end()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            reader.end()
            context.close(promise: nil)
        }
    }
}

/// Bytes as they come, and tasks that wait for enough of them.
actor ByteCollector {
    private var bytes: [UInt8] = []
    private var hasEnded = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private let feed: AsyncStream<[UInt8]?>.Continuation
    private let stream: AsyncStream<[UInt8]?>
    private var pump: Task<Void, Never>?

    init() {
        (stream, feed) = AsyncStream.makeStream()
    }

    nonisolated func add(_ bytes: [UInt8]) {
        feed.yield(bytes)
    }

    nonisolated func end() {
        feed.yield(nil)
        feed.finish()
    }

    private func start() {
        guard pump == nil else { return }
        pump = Task { [stream] in
            for await piece in stream { self.took(piece) }
        }
    }

    private func took(_ piece: [UInt8]?) {
        if let piece { bytes += piece } else { hasEnded = true }
        let woken = waiting
        waiting = []
        for continuation in woken { continuation.resume() }
    }

    func take(_ enough: @Sendable ([UInt8]) -> Int?) async throws -> [UInt8] {
        start()
        while true {
            if let count = enough(bytes) {
                defer { bytes.removeFirst(count) }
                return Array(bytes[..<count])
            }
            if hasEnded { throw RawClient.Closed(received: String(decoding: bytes, as: UTF8.self)) }
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func rest() async -> [UInt8] {
        start()
        while !hasEnded { await withCheckedContinuation { waiting.append($0) } }
        defer { bytes = [] }
        return bytes
    }
}
