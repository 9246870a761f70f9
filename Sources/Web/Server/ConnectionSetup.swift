import Foundation
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Telemetry

/// Sets up each accepted connection: HTTP/1.1 with a gate that can turn it into a WebSocket.
struct ConnectionSetup: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: Responder
    let sockets: [SocketRoute]
    let configuration: WebServerConfiguration
    let accepted: Counter

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        accepted.increment()
        return channel.eventLoop.makeCompletedFuture {
            try setOptions(of: channel)
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderListSize = configuration.headerLimit
            limits.maxHeaderFieldSize = configuration.headerLimit / 2
            limits.maxHeaderFieldCount = 100
            let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(HTTPResponseEncoder())
            try pipeline.addHandler(ByteToMessageHandler(decoder))
            try pipeline.addHandler(ConnectionGate(sockets: sockets, configuration: configuration, logger: logger))
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true)
            )
        }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }

    /// Sound must not wait for more to send with it, and a far end that vanished must be noticed.
    private func setOptions(of channel: any Channel) throws {
        guard let options = channel.syncOptions, channel.remoteAddress?.port != nil else { return }
        try options.setOption(.tcpOption(.tcp_nodelay), value: 1)
        try options.setOption(.socketOption(.so_keepalive), value: 1)
        #if os(Linux)
        let patience = Int(configuration.unacknowledgedTimeout.nanoseconds / 1_000_000)
        try options.setOption(.tcpOption(.init(rawValue: TCP_USER_TIMEOUT)), value: .init(patience))
        try options.setOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: 15)
        try options.setOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL)), value: 5)
        try options.setOption(.tcpOption(.init(rawValue: TCP_KEEPCNT)), value: 3)
        #endif
    }
}
