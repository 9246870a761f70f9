package import Kernel

/// A telephone number that an account owns at the carrier, and what the carrier does with calls to it.
package struct IncomingNumber: Sendable, Equatable {
    /// What takes calls instead of `voiceURL`, which then has no effect.
    package enum Override: Sendable, Equatable {
        case application(sid: String)
        case trunk(sid: String)
    }

    package let sid: NumberSid
    package let accountSid: AccountSid
    package let number: E164
    package let voiceURL: String?
    /// How the carrier asks there: `POST` or `GET`; nil if it does not say.
    package let voiceMethod: String?
    package let voiceFallbackURL: String?
    package let statusCallback: String?
    package let override: Override?

    package init(
        sid: NumberSid,
        accountSid: AccountSid,
        number: E164,
        voiceURL: String?,
        voiceMethod: String? = nil,
        voiceFallbackURL: String?,
        statusCallback: String?,
        override: Override?
    ) {
        self.sid = sid
        self.accountSid = accountSid
        self.number = number
        self.voiceURL = voiceURL
        self.voiceMethod = voiceMethod
        self.voiceFallbackURL = voiceFallbackURL
        self.statusCallback = statusCallback
        self.override = override
    }
}

/// Where the carrier asks what to do with a number's calls. Every address is asked by `POST`.
package struct VoiceAddresses: Sendable, Hashable {
    package let voice: String
    /// Where it asks if it gets no answer there.
    package let fallback: String
    package let status: String

    package init(voice: String, fallback: String, status: String) {
        self.voice = voice
        self.fallback = fallback
        self.status = status
    }
}

/// One page of `IncomingPhoneNumbers.json`.
struct IncomingNumberPage: Decodable {
    struct Resource: Decodable {
        let sid: NumberSid
        let accountSid: AccountSid
        let phoneNumber: String
        let voiceUrl: String?
        let voiceMethod: String?
        let voiceFallbackUrl: String?
        let statusCallback: String?
        let voiceApplicationSid: String?
        let trunkSid: String?

        func incomingNumber(_ number: E164) -> IncomingNumber {
            IncomingNumber(
                sid: sid,
                accountSid: accountSid,
                number: number,
                voiceURL: Self.filled(voiceUrl),
                voiceMethod: Self.filled(voiceMethod),
                voiceFallbackURL: Self.filled(voiceFallbackUrl),
                statusCallback: Self.filled(statusCallback),
                // A trunk goes before an application.
                override: Self.filled(trunkSid).map { .trunk(sid: $0) }
                    ?? Self.filled(voiceApplicationSid).map { .application(sid: $0) }
            )
        }

        /// The carrier writes an unset text as null or as empty.
        private static func filled(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
    }

    let incomingPhoneNumbers: [Resource]
    let nextPageUri: String?
}
