package import Credentials
package import Database
package import Kernel
package import Localization
package import Outbox
package import RedisStore
package import Secrets

/// What the façades of this room work with, built once by `App`.
package struct PeopleParts: Sendable {
    package let database: Database
    package let hasher: PasswordHasher
    package let rules: PasswordRules
    package let webAuthn: WebAuthn
    package let envelope: Envelope
    package let outbox: MailOutbox
    package let limiter: RateLimiter
    package let catalog: Catalog
    package let links: AccountLinks
    /// Signs the marks of known devices; `KeyRing.derived(for: "known-device")`, the same on all nodes.
    package let deviceKey: Secret
    /// What authenticator apps call this installation.
    package let issuer: String
    package let time: TimeSource

    package init(
        database: Database,
        hasher: PasswordHasher,
        rules: PasswordRules,
        webAuthn: WebAuthn,
        envelope: Envelope,
        outbox: MailOutbox,
        limiter: RateLimiter,
        catalog: Catalog,
        links: AccountLinks,
        deviceKey: Secret,
        issuer: String = "VoiceAgent",
        time: TimeSource
    ) {
        self.database = database
        self.hasher = hasher
        self.rules = rules
        self.webAuthn = webAuthn
        self.envelope = envelope
        self.outbox = outbox
        self.limiter = limiter
        self.catalog = catalog
        self.links = links
        self.deviceKey = deviceKey
        self.issuer = issuer
        self.time = time
    }

    var throttle: SignInThrottle { SignInThrottle(limiter) }
    var devices: DeviceSigner { DeviceSigner(key: deviceKey) }
    var mails: PersonMails { PersonMails(outbox: outbox, links: links, catalog: catalog) }
}
