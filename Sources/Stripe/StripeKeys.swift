package import Kernel

/// The account's keys, each in its place (requirement F5).
package struct StripeKeys: Sendable, Equatable {
    /// What is wrong with the settings; none of the reasons repeats a key.
    package struct Invalid: Error, Sendable, Equatable {
        package let reasons: [Reason]
    }

    /// Stable codes.
    package enum Reason: String, Sendable, CaseIterable {
        case secretKeyMissing = "stripe_secret_key_missing"
        /// A `pk_` key cannot do what the server has to do.
        case secretKeyIsPublishable = "stripe_secret_key_is_publishable"
        /// A `whsec_` value signs webhooks and opens nothing.
        case secretKeyIsWebhookSecret = "stripe_secret_key_is_webhook_secret"
        case secretKeyUnknown = "stripe_secret_key_unknown"
        /// A secret would have been sent to every browser.
        case publishableKeyIsSecret = "stripe_publishable_key_is_secret"
        case publishableKeyUnknown = "stripe_publishable_key_unknown"
        /// One key is for real money and the other is not.
        case modesDiffer = "stripe_modes_differ"
    }

    package enum Mode: Sendable, Equatable {
        case live
        case test
    }

    /// `sk_` or, with fewer rights, `rk_`. It never leaves the server.
    package let secret: Secret
    /// `pk_`, meant for browsers; nil while nothing of the vendor's runs in a page.
    package let publishable: String?
    package let mode: Mode

    /// Throws all reasons at once, so that they can be mended in one go. Nothing is trimmed or repaired.
    package init(secret: Secret, publishable: String?) throws(Invalid) {
        var reasons: [Reason] = []
        let secretMode: Mode?
        switch Kind(secret.reveal()) {
        case .secret(let mode): secretMode = mode
        case .publishable: (secretMode, reasons) = (nil, [.secretKeyIsPublishable])
        case .webhookSecret: (secretMode, reasons) = (nil, [.secretKeyIsWebhookSecret])
        case .brokenSecret, .unknown:
            (secretMode, reasons) = (nil, [secret.isEmpty ? .secretKeyMissing : .secretKeyUnknown])
        }
        if let publishable {
            switch Kind(publishable) {
            case .publishable(let mode): if let secretMode, mode != secretMode { reasons.append(.modesDiffer) }
            case .secret, .brokenSecret, .webhookSecret: reasons.append(.publishableKeyIsSecret)
            case .unknown: reasons.append(.publishableKeyUnknown)
            }
        }
        guard let secretMode, reasons.isEmpty else { throw Invalid(reasons: reasons) }
        self.secret = secret
        self.publishable = publishable
        mode = secretMode
    }

    private enum Kind {
        case secret(Mode)
        /// Cut short or mistyped, but not for other eyes all the same.
        case brokenSecret
        case publishable(Mode)
        case webhookSecret
        case unknown

        init(_ key: String) {
            let isWord = key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
            let parts = key.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
            let mode: Mode? = parts.count < 3 ? nil : parts[1] == "live" ? .live : parts[1] == "test" ? .test : nil
            switch (parts.first, mode) {
            case ("whsec", _): self = .webhookSecret
            case (let prefix, let mode?) where isWord && !parts[2].isEmpty:
                switch prefix {
                case "sk", "rk": self = .secret(mode)
                case "pk": self = .publishable(mode)
                default: self = .unknown
                }
            case ("sk", _), ("rk", _): self = .brokenSecret
            default: self = .unknown
            }
        }
    }
}
