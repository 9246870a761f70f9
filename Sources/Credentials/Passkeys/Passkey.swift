package import Foundation

/// How the browser finds a passkey again: for `excludeCredentials` and `allowCredentials`.
package struct PasskeyDescriptor: Sendable, Equatable {
    package let credentialID: Data
    /// As the registration told them; hints, not facts.
    package let transports: [String]

    package init(credentialID: Data, transports: [String]) {
        self.credentialID = credentialID
        self.transports = transports
    }
}

/// What a registration yields and the caller stores.
package struct RegisteredPasskey: Sendable, Equatable {
    /// At most 1,023 bytes; unique in the installation.
    package let credentialID: Data
    /// In libfido2's form: x and y of ES256, 32 bytes of EdDSA, modulus and exponent of RS256.
    package let publicKey: Data
    /// COSE number: -7, -8 or -257.
    package let algorithm: Int
    /// 0 for authenticators that do not count.
    package let signCount: UInt32
    /// Hints for the browser, from the browser: at most eight words of lower-case letters, digits and dashes.
    package let transports: [String]
    /// The authenticator's model, all zero when it does not say; not attested.
    package let aaguid: Data
    /// Whether it is a passkey that its provider keeps and copies to other devices.
    package let backedUp: Bool
}

/// What was stored of a registered passkey and is needed to verify its answers.
package struct KnownPasskey: Sendable, Equatable {
    package let credentialID: Data
    package let publicKey: Data
    package let algorithm: Int
    package let signCount: UInt32

    package init(credentialID: Data, publicKey: Data, algorithm: Int, signCount: UInt32) {
        self.credentialID = credentialID
        self.publicKey = publicKey
        self.algorithm = algorithm
        self.signCount = signCount
    }
}

extension KnownPasskey {
    package init(_ passkey: RegisteredPasskey) {
        self.init(
            credentialID: passkey.credentialID,
            publicKey: passkey.publicKey,
            algorithm: passkey.algorithm,
            signCount: passkey.signCount
        )
    }
}
