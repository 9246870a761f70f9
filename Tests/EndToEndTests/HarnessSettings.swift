import Database
import Foundation
import Kernel
import Sandbox
import TestSupport

/// Makes the settings and files of a serving process.
enum StageSettings {
    /// - Throws: `FreePort.NoneFree`, or what writing files throws.
    static func environment(
        database: TestDatabase,
        redisURL: String,
        world: SandboxWorld,
        folder: URL
    ) throws -> [String: String] {
        let port = try FreePort.next()
        let credentials = folder.appending(path: "google.json")
        try world.serviceAccount.write(to: credentials)
        return [
            "PORT": "\(port)",
            "METRICS_PORT": "\(try FreePort.next())",
            "PUBLIC_BASE_URL": "http://127.0.0.1:\(port)",
            "NODE_NAME": "stage:\(port)",
            "DATABASE_URL": database.urls.app.secret.reveal(),
            "DATABASE_PLATFORM_URL": database.urls.platform.secret.reveal(),
            "DATABASE_POOL_SIZE": "6",
            "REDIS_URL": redisURL,
            "TWILIO_ACCOUNT_SID": world.settings.accountSid,
            "TWILIO_AUTH_TOKEN": world.settings.authToken.reveal(),
            "TWILIO_API_BASE": world.httpBase,
            "GOOGLE_CREDENTIALS": credentials.path,
            "GOOGLE_LOCATION": world.settings.googleLocation,
            "GOOGLE_SPEECH_ENDPOINT": world.grpcBase,
            "GOOGLE_TTS_ENDPOINT": world.grpcBase,
            "LLM_BASE_URL": world.httpBase + "/v1",
            "LLM_API_KEY": world.settings.modelKey.reveal(),
            "LLM_MODEL": "sandbox",
            "STRIPE_SECRET_KEY": "sk_test_stage0000000000000000000",
            "STRIPE_API_BASE": world.httpBase,
            "STRIPE_PUBLISHABLE_KEY": "pk_test_stage0000000000000000000",
            "MAIL_URL": world.smtpBase,
            "MAIL_TLS": "none",
            "MAIL_FROM": "VoiceAgent <post@voiceagent.example>",
            "SECRETS_KEY_FILE": database.keys.ringFile.path,
            "TENANT_KEYS_DIR": database.keys.tenants.path,
            "RESOURCES_DIR": RepositoryFolder.resources.path,
        ]
    }
}

/// Ports of the loopback interface on which nobody listens, below those that the system gives to clients.
enum FreePort {
    struct NoneFree: Error {}

    private static let handedOut = Shared<Set<Int>>([])

    static func next() throws -> Int {
        for _ in 0..<200 {
            let port = Int.random(in: 18_000..<32_000)
            var isNew = false
            handedOut.update { isNew = $0.insert(port).inserted }
            if isNew, isFree(port) { return port }
        }
        throw NoneFree()
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
