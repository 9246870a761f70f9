import Kernel
package import Logging
package import RedisStore
package import Secrets
package import Speech
package import Stripe
package import Web

/// All settings of a serving process, read once at start. `check-config` prints everything that is wrong with them.
package struct AppConfig: Sendable {
    package let host: String
    package let port: Int
    /// Where the figures of `serve` and `work` are.
    package let observation: ObservationSettings
    /// Where browsers and the carrier reach this process.
    package let publicBaseURL: String
    /// Where the carrier reaches this process: below `PUBLIC_BASE_URL`.
    package let addresses: TelephonyAddresses
    package let trustedProxies: Int
    package let nodeName: String
    /// How many processes serve at the same time, this one included.
    package let nodes: Int
    package let logLevel: Logger.Level
    package let database: DatabaseSettings
    package let redis: RedisURL
    package let twilio: TwilioSettings
    package let google: GoogleSpeechConfiguration
    /// A file or the JSON itself.
    package let googleCredentials: String
    package let googleSpeechModel: String
    package let models: InstallationModels
    package let stripe: StripeKeys
    package let stripeBaseURL: String
    package let mail: MailSettings
    package let secrets: SecretSettings
    /// Where the heads of the audit chains are kept; nil if nowhere.
    package let auditAnchorFolder: String?

    package var keyRing: KeyRing { secrets.keyRing }

    /// - Throws: `SettingProblems` with everything that is missing or contradictory.
    package init(environment: [String: String], hostName: String) throws {
        var reader = SettingReader(environment)
        host = reader.text(.host) ?? "127.0.0.1"
        port = reader.number(.port, in: 1...65_535)
        observation = ObservationSettings(&reader, port: port)
        publicBaseURL = reader.baseURL(.publicBaseURL) ?? ""
        let addresses = TelephonyAddresses(publicBaseURL: publicBaseURL)
        if addresses == nil, !publicBaseURL.isEmpty { reader.refuse(.publicBaseURL, "setting_url_path") }
        trustedProxies = reader.number(.trustedProxies, in: 0...16)
        nodeName = reader.text(.nodeName) ?? "\(hostName):\(port)"
        nodes = reader.number(.nodes, in: 1...64)
        logLevel = Self.logLevel(&reader)
        let database = DatabaseSettings(&reader)
        let redis = Self.redis(&reader)
        let twilio = TwilioSettings(&reader)
        let google = Self.google(&reader)
        let credentials = Self.googleCredentials(&reader)
        googleSpeechModel = reader.text(.googleSpeechModel) ?? ""
        let models = InstallationModels(&reader)
        let stripe = Self.stripe(&reader)
        stripeBaseURL = reader.baseURL(.stripeAPIBase) ?? StripeClient.vendorBaseURL
        let mail = MailSettings(&reader)
        let secrets = SecretSettings(&reader)
        auditAnchorFolder = reader.text(.auditAnchorFolder)
        guard reader.problems.isEmpty, let addresses, let database, let redis, let twilio, let google,
            let credentials, let models, let stripe, let mail, let secrets
        else { throw SettingProblems(problems: reader.problems) }
        self.addresses = addresses
        self.database = database
        self.redis = redis
        self.twilio = twilio
        self.google = google
        googleCredentials = credentials
        self.models = models
        self.stripe = stripe
        self.mail = mail
        self.secrets = secrets
    }

    private static func logLevel(_ reader: inout SettingReader) -> Logger.Level {
        guard let text = reader.text(.logLevel) else { return .info }
        guard let level = Logger.Level(rawValue: text.lowercased()) else {
            reader.refuse(.logLevel, "setting_log_level")
            return .info
        }
        return level
    }

    private static func redis(_ reader: inout SettingReader) -> RedisURL? {
        guard let text = reader.text(.redisURL) else { return nil }
        do {
            return try RedisURL(text)
        } catch {
            reader.refuse(.redisURL, "setting_redis")
            return nil
        }
    }

    private static func google(_ reader: inout SettingReader) -> GoogleSpeechConfiguration? {
        let location = reader.text(.googleLocation) ?? "eu"
        let speech = reader.baseURL(.googleSpeechEndpoint)
        let voice = reader.baseURL(.googleTTSEndpoint)
        do {
            return try GoogleSpeechConfiguration(
                location: location,
                speechEndpoint: endpoint(speech, default: .googleSpeechEndpoint),
                textToSpeechEndpoint: endpoint(voice, default: .googleTTSEndpoint)
            )
        } catch {
            switch error {
            case .location: reader.refuse(.googleLocation, "setting_google_location")
            case .speechEndpoint: reader.refuse(.googleSpeechEndpoint, "setting_url")
            case .textToSpeechEndpoint: reader.refuse(.googleTTSEndpoint, "setting_url")
            }
            return nil
        }
    }

    /// The default follows the location, so that another location alone does not contradict the endpoint.
    private static func endpoint(_ text: String?, default setting: Setting) -> String? {
        if case .optional(let value) = setting.need, value == text { nil } else { text }
    }

    private static func googleCredentials(_ reader: inout SettingReader) -> String? {
        guard let text = reader.text(.googleCredentials) else { return nil }
        do {
            _ = try ServiceAccountKey(setting: text)
            return text
        } catch {
            reader.refuse(.googleCredentials, "setting_google_credentials", ["reason": error.rawValue])
            return nil
        }
    }

    private static func stripe(_ reader: inout SettingReader) -> StripeKeys? {
        let secret = reader.secret(.stripeSecretKey)
        let publishable = reader.text(.stripePublishableKey)
        let vite = reader.text(.vitePublishableKey)
        if let publishable, let vite, publishable != vite {
            reader.refuse(.vitePublishableKey, "setting_differs", ["other": Setting.stripePublishableKey.name])
        }
        guard let secret else { return nil }
        do {
            return try StripeKeys(secret: secret, publishable: publishable ?? vite)
        } catch {
            for reason in error.reasons {
                let setting: Setting = reason == .modesDiffer ? .stripePublishableKey : .stripeSecretKey
                reader.refuse(setting, reason.rawValue)
            }
            return nil
        }
    }
}
