package import Credentials

/// Which second factors a person has.
package struct FactorStanding: Sendable, Hashable {
    package let hasTOTP: Bool
    package let passkeys: [PasskeyLine]
    package let recoveryCodesLeft: Int
    /// Whoever works for the platform must keep one.
    package let isRequired: Bool

    package var hasSecondFactor: Bool { hasTOTP || !passkeys.isEmpty }

    package init(hasTOTP: Bool, passkeys: [PasskeyLine], recoveryCodesLeft: Int, isRequired: Bool) {
        self.hasTOTP = hasTOTP
        self.passkeys = passkeys
        self.recoveryCodesLeft = recoveryCodesLeft
        self.isRequired = isRequired
    }
}

/// An authenticator app that waits for its first code.
package struct TOTPEnrolment: Sendable {
    private let secret: TOTPSecret
    private let issuer: String
    private let account: String

    init(secret: TOTPSecret, issuer: String, account: String) {
        self.secret = secret
        self.issuer = issuer
        self.account = account
    }

    /// For a QR code. It contains the secret.
    package var url: String { secret.url(issuer: issuer, account: account) }

    /// For the person who types it, in groups of four.
    package var text: String {
        let characters = Array(secret.reveal())
        return stride(from: 0, to: characters.count, by: 4)
            .map { String(characters[$0..<min($0 + 4, characters.count)]) }
            .joined(separator: " ")
    }
}

/// What a changed factor leads to.
package struct FactorChange: Sendable {
    /// The same session with another token.
    package let session: NewSession
    /// To be shown once; empty unless new ones were made.
    package let recoveryCodes: [RecoveryCode]

    package init(session: NewSession, recoveryCodes: [RecoveryCode] = []) {
        self.session = session
        self.recoveryCodes = recoveryCodes
    }
}
