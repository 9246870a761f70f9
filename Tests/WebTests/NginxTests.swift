import Calls
import Foundation
import NIOCore
import NIOPosix
import Telemetry
import Testing

@testable import Web

private let nginx = ["/usr/sbin/nginx", "/usr/bin/nginx"].first { FileManager.default.isExecutableFile(atPath: $0) }

@Suite(.enabled(if: nginx != nil)) struct NginxTests {
    /// A port that was free a moment ago.
    private func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        try await channel.close()
        return port
    }

    private func settings(folder: String, port: Int, upstream: Int) -> String {
        """
        daemon off;
        worker_processes 1;
        pid \(folder)/nginx.pid;
        error_log \(folder)/error.log;
        events {}
        http {
            access_log off;
            client_body_temp_path \(folder)/body;
            proxy_temp_path \(folder)/proxy;
            fastcgi_temp_path \(folder)/fastcgi;
            uwsgi_temp_path \(folder)/uwsgi;
            scgi_temp_path \(folder)/scgi;
            map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
            upstream voiceagent {
                server 127.0.0.1:\(upstream);
                keepalive 4;
            }
            server {
                listen 127.0.0.1:\(port);
                location / {
                    proxy_pass http://voiceagent;
                    proxy_http_version 1.1;
                    proxy_set_header Host $host;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection $connection_upgrade;
                    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    proxy_read_timeout 1h;
                }
            }
        }
        """
    }

    @Test("decision 26: behind nginx with kept upstream connections a call begins on a used connection")
    func keptConnections() async throws {
        let metrics = Metrics()
        let sessions = RecordingSessions()
        let socket = MediaSocket(sessions: sessions, metrics: metrics, logger: silent)
        try await TestServer.run(sockets: [socket.route { _ in .accepted }], metrics: metrics) { upstream in
            let folder = NSTemporaryDirectory() + "va-nginx-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let port = try await freePort()
            try settings(folder: folder, port: port, upstream: upstream)
                .write(toFile: folder + "/nginx.conf", atomically: true, encoding: .utf8)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: nginx ?? "")
            process.arguments = ["-p", folder, "-c", folder + "/nginx.conf", "-e", folder + "/error.log"]
            process.standardError = FileHandle.nullDevice
            try process.run()
            defer {
                process.terminate()
                process.waitUntilExit()
                // Left behind if it cannot be removed; it holds a settings file and an empty log.
                _ = try? FileManager.default.removeItem(atPath: folder)
            }
            try await call(through: port, process, metrics, sessions)
        }
    }

    private func call(
        through port: Int,
        _ process: Process,
        _ metrics: Metrics,
        _ sessions: RecordingSessions
    ) async throws {
        for round in 1...3 {
            let plain = try await connect(port, while: process)
            for _ in 0..<3 {
                try await plain.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await plain.read(through: "hello")
            }
            let client = try await SocketClient.open(port)
            // One connection of the proxy carried the requests and then became the call's.
            #expect(metrics.render().contains("voiceagent_http_connections_total \(round)\n"))
            try await client.send(Said.start(call: "CA\(round)"))
            for number in 0..<10 { try await client.send(Said.media(number)) }
            #expect(await sessions.record("CA\(round)").next(10) == (0..<10).map { "\($0 * 20)" })
            sessions.line("CA\(round)")?.send(.mark("da", generation: 0))
            #expect(try await client.next().text.contains("da"))
            try await client.send(Said.stop)
            #expect(try await client.next().close == "1000 ")
            try await client.sendClose(1000)
            try await plain.close()
        }
    }

    private func connect(_ port: Int, while process: Process) async throws -> RawClient {
        while true {
            do {
                return try await RawClient.connect(port)
            } catch {
                guard process.isRunning else { throw error }
                await Task.yield()
            }
        }
    }
}
