/// Why a passkey's answer is not accepted. The person learns only that it did not work; the code is for the log.
package enum WebAuthnRefusal: String, Error, Sendable, CaseIterable {
    /// Not the JSON, CBOR or binary form that the standard gives it, or larger than any real answer.
    case malformed = "passkey_malformed"
    /// Made for registration and used for sign-in, or the other way round.
    case wrongType = "passkey_wrong_type"
    case wrongChallenge = "passkey_wrong_challenge"
    case wrongOrigin = "passkey_wrong_origin"
    /// Asked for by a frame in a foreign page.
    case crossOrigin = "passkey_cross_origin"
    case wrongRelyingParty = "passkey_wrong_relying_party"
    case userNotPresent = "passkey_user_not_present"
    /// Neither PIN nor biometrics were asked for.
    case userNotVerified = "passkey_user_not_verified"
    /// None of those the options offered, or a key that is none.
    case unsupportedKey = "passkey_unsupported_key"
    /// Neither `none` nor `packed` by the key itself.
    case unsupportedAttestation = "passkey_unsupported_attestation"
    case wrongCredential = "passkey_wrong_credential"
    case wrongSignature = "passkey_wrong_signature"
    /// The counter did not grow: there may be a copy of the authenticator.
    case counterRegressed = "passkey_counter_regressed"
    /// libfido2 had no memory.
    case unavailable = "passkey_unavailable"
}
