import Foundation
import Testing

@testable import App

@Suite("Settings")
struct AppConfigTests {
    /// A complete environment; the two files are made in a folder of their own.
    private func environment(_ change: (inout [String: String]) -> Void = { _ in }) throws -> [String: String] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("va-config-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let keys = folder.appendingPathComponent("keys")
        let tenantKeys = folder.appendingPathComponent("tenant-keys")
        let closed: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        try FileManager.default.createDirectory(at: tenantKeys, withIntermediateDirectories: true, attributes: closed)
        let key = Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
        try Data("1:\(key)\n".utf8).write(to: keys)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keys.path)
        var environment = [
            "PUBLIC_BASE_URL": "https://voice.example.at",
            "DATABASE_URL": "postgresql://app@db/voiceagent",
            "DATABASE_PLATFORM_URL": "postgresql://platform@db/voiceagent",
            "REDIS_URL": "redis://redis:6379/0",
            "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
            "TWILIO_AUTH_TOKEN": "token",
            "GOOGLE_CREDENTIALS": folder.appendingPathComponent("google.json").path,
            "LLM_BASE_URL": "https://model.example/v1",
            "LLM_MODEL": "small",
            "STRIPE_SECRET_KEY": "sk_test_0123456789",
            "MAIL_URL": "smtp://post%40firma@mail.example:587",
            "MAIL_PASSWORD": "geheim",
            "MAIL_FROM": "VoiceAgent <post@voiceagent.example>",
            "SECRETS_KEY_FILE": keys.path,
            "TENANT_KEYS_DIR": tenantKeys.path,
        ]
        change(&environment)
        return environment
    }

    /// What is wrong with the environment, as "SETTING code".
    private func problems(_ environment: [String: String]) -> [String] {
        do {
            _ = try AppConfig(environment: environment, hostName: "host")
            return []
        } catch let problems as SettingProblems {
            return problems.problems.map { "\($0.setting) \($0.code)" }
        } catch {
            return ["\(error)"]
        }
    }

    @Test func everyMissingSettingIsNamedInOneRun() {
        let missing = problems([:])
        let required = Setting.all.filter { $0.need == .required }.map { "\($0.name) setting_missing" }
        #expect(Set(missing) == Set(required))
    }

    @Test(arguments: [
        ("PUBLIC_BASE_URL", "http://voice.example.at", "setting_url_plain"),
        ("PUBLIC_BASE_URL", "https://voice.example.at/path", "setting_url_path"),
        ("PUBLIC_BASE_URL", "https://user:pw@voice.example.at", "setting_url"),
        ("PORT", "0", "setting_number"),
        ("PORT", "70000", "setting_number"),
        ("PORT", "9464", "setting_same_port"),
        ("PORT", "9465", "setting_same_port"),
        ("WORK_METRICS_PORT", "9464", "setting_same_port"),
        ("NODES", "0", "setting_number"),
        ("NODES", "65", "setting_number"),
        ("DATABASE_PLATFORM_URL", "postgresql://app@db/voiceagent", "setting_same_login"),
        ("DATABASE_OWNER_URL", "postgresql://app@db/voiceagent", "setting_same_login"),
        ("REDIS_URL", "http://redis", "setting_redis"),
        ("TWILIO_ACCOUNT_SID", "XX1", "setting_account_sid"),
        ("TWILIO_AUTH_TOKEN", "a,b,c", "setting_too_many_tokens"),
        ("TWILIO_REGION", "ie1", "twilio_region_without_edge"),
        ("GOOGLE_LOCATION", "EU west", "setting_google_location"),
        ("LLM_ENDPOINTS", "[1]", "setting_endpoints"),
        ("STRIPE_SECRET_KEY", "pk_test_0123456789", "stripe_secret_key_is_publishable"),
        ("STRIPE_PUBLISHABLE_KEY", "pk_live_0123456789", "stripe_modes_differ"),
        ("STRIPE_PUBLISHABLE_KEY", "sk_test_0123456789", "stripe_publishable_key_is_secret"),
        ("MAIL_URL", "https://mail.example", "mail_url"),
        ("MAIL_URL", "smtp://a:b@mail.example", "mail_url_password"),
        ("MAIL_URL", "smtp://mail.example", "mail_credentials"),
        ("MAIL_PASSWORD", "", "mail_credentials"),
        ("MAIL_FROM", "VoiceAgent", "setting_mail_from"),
        ("MAIL_FROM", "VoiceAgent <post@a.example>\r\nBcc: b@a.example", "setting_mail_from"),
        ("MAIL_TLS", "none", "mail_tls_none"),
        ("MAIL_TLS", "opportunistic", "mail_credentials_in_clear"),
        ("MAIL_TLS", "perhaps", "setting_mail_tls"),
        ("MAIL_CA_FILE", "/nonexistent/ca.pem", "setting_certificates"),
        ("MAIL_CA_FILE", "/etc/hostname", "setting_certificates"),
        ("SECRETS_KEY_FILE", "/nonexistent/keys", "key_file_missing"),
        ("TENANT_KEYS_DIR", "/nonexistent/keys", "tenant_key_folder"),
        ("TENANT_KEYS_DIR", "/tmp", "tenant_key_folder"),
        ("LOG_LEVEL", "loud", "setting_log_level"),
    ])
    func contradictionIsNamed(_ setting: String, _ value: String, _ code: String) throws {
        let found = problems(try environment { $0[setting] = value })
        #expect(found.contains { $0.hasSuffix(" \(code)") }, "\(found)")
    }

    @Test("H6: without the carrier's token nothing starts")
    func missingTokenIsRefusedAtStart() throws {
        let found = problems(try environment { $0["TWILIO_AUTH_TOKEN"] = "" })
        #expect(found.contains("TWILIO_AUTH_TOKEN setting_missing"))
    }

    @Test("watching is for the machine itself unless told otherwise, and both processes have a port of their own")
    func observation() {
        var defaults = SettingReader([:])
        let usual = ObservationSettings(&defaults, port: 8_080)
        #expect(usual.host == "127.0.0.1" && usual.servePort == 9_464 && usual.workPort == 9_465)
        #expect(defaults.number(.nodes, in: 1...64) == 2)
        var given = SettingReader(["METRICS_HOST": "10.0.0.4", "WORK_METRICS_PORT": "9000", "NODES": "5"])
        let own = ObservationSettings(&given, port: 8_080)
        #expect(own.host == "10.0.0.4" && own.servePort == 9_464 && own.workPort == 9_000)
        #expect(given.number(.nodes, in: 1...64) == 5)
        #expect(defaults.problems.isEmpty && given.problems.isEmpty)
    }

    @Test func bothNamesOfThePublishableKeyMustAgree() throws {
        let found = problems(
            try environment {
                $0["STRIPE_PUBLISHABLE_KEY"] = "pk_test_0123456789"
                $0["VITE_STRIPE_PUBLISHABLE_KEY"] = "pk_test_9876543210"
            }
        )
        #expect(found.contains("VITE_STRIPE_PUBLISHABLE_KEY setting_differs"))
    }

    @Test func everyProblemHasItsExplanation() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let german = try Data(contentsOf: root.appendingPathComponent("Resources/locales/de/command.json"))
        let texts = try JSONDecoder().decode([String: String].self, from: german)
        let sources = root.appendingPathComponent("Sources/App")
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        var codes: Set<String> = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let source = try String(contentsOf: file, encoding: .utf8)
            for match in source.matches(of: /(?:refuse|say|text)\([^"\n]*"([a-z_]+)"[,)]/) {
                codes.insert(String(match.output.1))
            }
        }
        #expect(codes.count > 30)
        #expect(codes.subtracting(texts.keys).filter { !$0.hasSuffix("_") } == [])
    }

    @Test func exampleFileNamesEverySetting() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let example = try String(contentsOf: root.appendingPathComponent(".env.example"), encoding: .utf8)
        let named = example.split(separator: "\n").map { line in
            line.drop { $0 == "#" || $0 == " " }.prefix { $0 != "=" }
        }
        for setting in Setting.all { #expect(named.contains(setting.name[...]), "\(setting.name)") }
    }
}
