package import Foundation

/// Passkeys: registration and sign-in by WebAuthn Level 3, its signatures verified by libfido2 (requirement B5).
///
/// Attestation is not asked for, so any authenticator is welcome and its model is only hearsay. An attestation by the new
/// key itself is verified all the same; one by a maker's certificate is refused, as nothing asked for it.
package struct WebAuthn: Sendable {
    /// Milliseconds that a browser waits for the person.
    private static let timeout = 300_000

    private let relyingParty: String
    private let name: String
    private let origins: Set<String>

    /// - Parameters:
    ///   - rpID: The domain that passkeys are bound to, such as `example.org`.
    ///   - origins: Scheme, host and port of every page that may ask, such as `https://app.example.org`, spelled as
    ///     browsers do.
    ///   - name: Shown by older browsers.
    package init(rpID: String, origins: [String], name: String = "VoiceAgent") {
        relyingParty = rpID
        self.origins = Set(origins)
        self.name = name
    }

    /// - Parameters:
    ///   - person: Whose passkey it will be; comes back as `AssertionResponse.person`.
    ///   - name: Tells accounts apart in the browser's list: the mail address.
    ///   - displayName: How the person is called.
    ///   - existing: The person's passkeys, so that no authenticator is registered twice.
    package func registrationOptions(
        person: UUID,
        name: String,
        displayName: String,
        existing: [PasskeyDescriptor]
    ) -> RegistrationOptions {
        RegistrationOptions(
            relyingParty: (relyingParty, self.name),
            person: person,
            name: name,
            displayName: displayName,
            existing: existing,
            timeout: Self.timeout
        )
    }

    /// - Parameter allowed: The passkeys that may answer; none at all lets the person choose among those of this site.
    package func assertionOptions(allowed: [PasskeyDescriptor]) -> AssertionOptions {
        AssertionOptions(relyingParty: relyingParty, allowed: allowed, timeout: Self.timeout)
    }

    /// Checks the answer to `registrationOptions` (WebAuthn Level 3, 7.1).
    ///
    /// The caller accepts a challenge once and refuses a credential that is registered already.
    package func register(
        _ response: RegistrationResponse,
        challenge: Data
    ) throws(WebAuthnRefusal) -> RegisteredPasskey {
        let client = try ClientData(
            response.clientData,
            of: .registration,
            challenge: challenge,
            origins: origins
        )
        let object = try AttestationObject(response.attestationObject)
        let data = object.authenticatorData
        try data.check(relyingParty: relyingParty)
        guard let attested = data.attested else { throw .malformed }
        guard attested.credentialID == response.credentialID else { throw .wrongCredential }
        guard case .integer(let number) = attested.key[.integer(3)],
            let algorithm = COSEAlgorithm(rawValue: Int(number))
        else { throw .unsupportedKey }
        let credential = try FidoCredential.make(data, algorithm: algorithm)
        let publicKey = try credential.publicKey()
        _ = try FidoPublicKey.make(publicKey, algorithm: algorithm)
        if case .byItself(let signer, let signature) = object.statement {
            guard signer == algorithm.rawValue else { throw .unsupportedAttestation }
            try credential.verifySelf(
                relyingParty: relyingParty,
                clientDataHash: client.hash,
                signature: signature,
                extensions: data.extensions
            )
        }
        return RegisteredPasskey(
            credentialID: attested.credentialID,
            publicKey: publicKey,
            algorithm: algorithm.rawValue,
            signCount: data.signCount,
            transports: response.transports,
            aaguid: attested.aaguid,
            backedUp: data.isBackedUp
        )
    }

    /// Checks the answer to `assertionOptions` (WebAuthn Level 3, 7.2); gives the counter to be stored.
    ///
    /// The caller accepts a challenge once, and stores the counter in a statement that lets it only grow.
    package func verify(
        _ response: AssertionResponse,
        challenge: Data,
        passkey: KnownPasskey
    ) throws(WebAuthnRefusal) -> UInt32 {
        guard response.credentialID == passkey.credentialID else { throw .wrongCredential }
        let client = try ClientData(
            response.clientData,
            of: .assertion,
            challenge: challenge,
            origins: origins
        )
        let data = try AuthenticatorData(response.authenticatorData)
        try data.check(relyingParty: relyingParty)
        guard data.attested == nil else { throw .malformed }
        guard let algorithm = COSEAlgorithm(rawValue: passkey.algorithm) else { throw .unsupportedKey }
        let key = try FidoPublicKey.make(passkey.publicKey, algorithm: algorithm)
        let assertion = try FidoAssertion.make(
            data,
            relyingParty: relyingParty,
            clientDataHash: client.hash,
            signature: response.signature
        )
        try assertion.verify(key)
        if data.signCount != 0 || passkey.signCount != 0 {
            guard data.signCount > passkey.signCount else { throw .counterRegressed }
        }
        return data.signCount
    }
}
