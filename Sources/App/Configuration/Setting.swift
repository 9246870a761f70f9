/// One variable of the environment that the product reads. Nobody else reads the environment.
package struct Setting: Sendable, Hashable {
    package enum Need: Sendable, Hashable {
        /// The product does not start without it.
        case required
        /// Has a default, which `.env.example` shows; empty means none.
        case optional(default: String)
        /// Needed by one command only, which says so.
        case command
    }

    package let name: String
    package let need: Need
    /// Whether the value must not be printed.
    package let isSecret: Bool
    /// What it is, in one sentence, for `.env.example`.
    package let meaning: String

    init(_ name: String, _ need: Need, isSecret: Bool = false, _ meaning: String) {
        self.name = name
        self.need = need
        self.isSecret = isSecret
        self.meaning = meaning
    }
}

extension Setting {
    static let host = Setting(
        "HOST",
        .optional(default: "127.0.0.1"),
        "Address to listen on; TLS ends at a proxy in front."
    )
    static let port = Setting("PORT", .optional(default: "8080"), "Port for HTTP and the media WebSocket.")
    static let metricsHost = Setting(
        "METRICS_HOST",
        .optional(default: "127.0.0.1"),
        "Address on which the figures are served; another one only where a network of yours keeps strangers out."
    )
    static let metricsPort = Setting(
        "METRICS_PORT",
        .optional(default: "9464"),
        "Port of `serve` for /metrics."
    )
    static let workMetricsPort = Setting(
        "WORK_METRICS_PORT",
        .optional(default: "9465"),
        "Port of `work` for /metrics, /livez and /readyz."
    )
    static let publicBaseURL = Setting(
        "PUBLIC_BASE_URL",
        .required,
        "How the outside world reaches this server, such as https://voice.example.at; http:// for loopback only."
    )
    static let trustedProxies = Setting(
        "TRUSTED_PROXIES",
        .optional(default: "0"),
        "How many proxies of ours append to X-Forwarded-For."
    )
    static let nodeName = Setting(
        "NODE_NAME",
        .optional(default: ""),
        "Name of this process among its peers; the host name and port unless stated."
    )
    static let nodes = Setting(
        "NODES",
        .optional(default: "2"),
        "How many processes `serve` share the load, 1 to 64: each admits its part of the API's limits without Redis."
    )
    static let logLevel = Setting(
        "LOG_LEVEL",
        .optional(default: "info"),
        "trace, debug, info, notice, warning, error or critical."
    )
    static let resources = Setting(
        "RESOURCES_DIR",
        .optional(default: ""),
        "Folder with locales/ and flows/; found beside the program unless stated."
    )
    static let migrations = Setting(
        "MIGRATIONS_DIR",
        .optional(default: ""),
        "Folder with the SQL files of `migrate`; found beside the program unless stated."
    )
    static let databaseURL = Setting(
        "DATABASE_URL",
        .required,
        isSecret: true,
        "Login of the application, which owns nothing."
    )
    static let databasePlatformURL = Setting(
        "DATABASE_PLATFORM_URL",
        .required,
        isSecret: true,
        "Login of the platform's own acts."
    )
    static let databaseOwnerURL = Setting(
        "DATABASE_OWNER_URL",
        .command,
        isSecret: true,
        "Login that owns the tables; for `migrate` only."
    )
    static let databasePoolSize = Setting(
        "DATABASE_POOL_SIZE",
        .optional(default: "8"),
        "Connections to PostgreSQL per process, 1 to 100."
    )
    static let redisURL = Setting(
        "REDIS_URL",
        .required,
        isSecret: true,
        "redis://host:port/db or unix:///path; losing it costs no call and no data."
    )
    static let twilioAccountSid = Setting(
        "TWILIO_ACCOUNT_SID",
        .required,
        "Account at Twilio that owns the numbers."
    )
    static let twilioAuthToken = Setting(
        "TWILIO_AUTH_TOKEN",
        .required,
        isSecret: true,
        "Its auth token; during a rotation the new and the old one, separated by a comma."
    )
    static let twilioAPIBase = Setting(
        "TWILIO_API_BASE",
        .optional(default: "https://api.twilio.com"),
        "Base URL of Twilio's REST interface."
    )
    static let twilioRegion = Setting(
        "TWILIO_REGION",
        .optional(default: ""),
        "Twilio's processing region, such as ie1; needs TWILIO_EDGE and that region's own token."
    )
    static let twilioEdge = Setting(
        "TWILIO_EDGE",
        .optional(default: ""),
        "Twilio's edge, such as dublin; needs TWILIO_REGION."
    )
    static let googleCredentials = Setting(
        "GOOGLE_CREDENTIALS",
        .required,
        isSecret: true,
        "Service account for speech: a file, or the JSON itself."
    )
    static let googleLocation = Setting(
        "GOOGLE_LOCATION",
        .optional(default: "eu"),
        "Where Google processes speech; must match the endpoints."
    )
    static let googleSpeechEndpoint = Setting(
        "GOOGLE_SPEECH_ENDPOINT",
        .optional(default: "https://eu-speech.googleapis.com"),
        "Speech-to-Text; http:// means plain-text gRPC, for loopback only."
    )
    static let googleSpeechModel = Setting(
        "GOOGLE_SPEECH_MODEL",
        .optional(default: "chirp_3"),
        "The recogniser's model."
    )
    static let googleTTSEndpoint = Setting(
        "GOOGLE_TTS_ENDPOINT",
        .optional(default: "https://eu-texttospeech.googleapis.com"),
        "Text-to-Speech; http:// means plain-text gRPC, for loopback only."
    )
    static let llmBaseURL = Setting(
        "LLM_BASE_URL",
        .required,
        "Base URL of a chat-completions interface, such as https://api.mistral.ai/v1."
    )
    static let llmAPIKey = Setting(
        "LLM_API_KEY",
        .optional(default: ""),
        isSecret: true,
        "Its key; empty for a server that asks for none."
    )
    static let llmModel = Setting("LLM_MODEL", .required, "The model's name there.")
    static let llmEndpoints = Setting(
        "LLM_ENDPOINTS",
        .optional(default: ""),
        "Further interfaces that tenants may choose by name: {\"name\": \"https://…/v1\"}."
    )
    static let stripeSecretKey = Setting(
        "STRIPE_SECRET_KEY",
        .required,
        isSecret: true,
        "Secret or restricted key of Stripe (sk_… or rk_…)."
    )
    static let stripeAPIBase = Setting(
        "STRIPE_API_BASE",
        .optional(default: "https://api.stripe.com"),
        "Base URL of Stripe's interface."
    )
    static let stripePublishableKey = Setting(
        "STRIPE_PUBLISHABLE_KEY",
        .optional(default: ""),
        "Publishable key of Stripe (pk_…); also read as VITE_STRIPE_PUBLISHABLE_KEY."
    )
    static let vitePublishableKey = Setting(
        "VITE_STRIPE_PUBLISHABLE_KEY",
        .optional(default: ""),
        "Another name of STRIPE_PUBLISHABLE_KEY."
    )
    static let mailURL = Setting(
        "MAIL_URL",
        .required,
        "Server that takes our mail: smtp://user@host:587 or smtps://user@host:465; the user where it wants one."
    )
    static let mailPassword = Setting(
        "MAIL_PASSWORD",
        .optional(default: ""),
        isSecret: true,
        "Password of that user."
    )
    static let mailFrom = Setting(
        "MAIL_FROM",
        .required,
        "Sender of our mails, such as VoiceAgent <post@voice.example.at>."
    )
    static let mailTLS = Setting(
        "MAIL_TLS",
        .optional(default: "required"),
        "required, opportunistic, or none, which is for loopback only."
    )
    static let mailCAFile = Setting(
        "MAIL_CA_FILE",
        .optional(default: ""),
        "File with the certificates (PEM) that the mail server is checked against, instead of the system's."
    )
    static let secretsKeyFile = Setting(
        "SECRETS_KEY_FILE",
        .required,
        "File with the key-encrypting keys, readable by nobody else."
    )
    static let tenantKeysFolder = Setting(
        "TENANT_KEYS_DIR",
        .required,
        "Folder with the key of each tenant, shared by all nodes, kept out of the database's backups."
    )
    static let auditAnchorFolder = Setting(
        "AUDIT_ANCHOR_DIR",
        .optional(default: ""),
        "Folder on storage that refuses changes, for the signed heads of the audit chains; empty keeps none."
    )

    /// Every setting, in the order of `.env.example`.
    package static let all: [Setting] = [
        host, port, metricsHost, metricsPort, workMetricsPort, publicBaseURL, trustedProxies, nodeName, nodes, logLevel,
        resources, migrations, databaseURL, databasePlatformURL, databaseOwnerURL, databasePoolSize, redisURL,
        twilioAccountSid,
        twilioAuthToken, twilioAPIBase, twilioRegion, twilioEdge, googleCredentials, googleLocation,
        googleSpeechEndpoint, googleSpeechModel, googleTTSEndpoint, llmBaseURL, llmAPIKey, llmModel, llmEndpoints,
        stripeSecretKey, stripeAPIBase, stripePublishableKey, vitePublishableKey, mailURL, mailPassword, mailFrom,
        mailTLS, mailCAFile, secretsKeyFile, tenantKeysFolder, auditAnchorFolder,
    ]
}
