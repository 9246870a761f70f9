import CFido2
import Foundation

/// A new credential in libfido2's hands, freed with this value.
struct FidoCredential: ~Copyable {
    private let pointer: OpaquePointer

    private init() throws(WebAuthnRefusal) {
        fido_init(0)
        guard let pointer = fido_cred_new() else { throw .unavailable }
        self.pointer = pointer
    }

    /// Hands the authenticator's data over; `.unsupportedKey` if libfido2 finds no key of `algorithm` in it.
    static func make(
        _ data: AuthenticatorData,
        algorithm: COSEAlgorithm
    ) throws(WebAuthnRefusal) -> FidoCredential {
        let credential = try FidoCredential()
        let bytes = [UInt8](data.bytes)
        guard fido_cred_set_type(credential.pointer, Int32(algorithm.rawValue)) == FIDO_OK,
            fido_cred_set_authdata_raw(credential.pointer, bytes, bytes.count) == FIDO_OK
        else { throw .unsupportedKey }
        return credential
    }

    deinit {
        var freed: OpaquePointer? = pointer
        fido_cred_free(&freed)
    }

    /// The public key in libfido2's form.
    func publicKey() throws(WebAuthnRefusal) -> Data {
        guard let bytes = fido_cred_pubkey_ptr(pointer) else { throw .unsupportedKey }
        return Data(bytes: bytes, count: fido_cred_pubkey_len(pointer))
    }

    /// Whether the new key signed its own registration.
    func verifySelf(
        relyingParty: String,
        clientDataHash: Data,
        signature: Data,
        extensions: CBOR?
    ) throws(WebAuthnRefusal) {
        let hash = [UInt8](clientDataHash)
        let signature = [UInt8](signature)
        guard fido_cred_set_rp(pointer, relyingParty, nil) == FIDO_OK,
            fido_cred_set_clientdata_hash(pointer, hash, hash.count) == FIDO_OK,
            fido_cred_set_uv(pointer, FIDO_OPT_TRUE) == FIDO_OK,
            fido_cred_set_fmt(pointer, "packed") == FIDO_OK,
            fido_cred_set_sig(pointer, signature, signature.count) == FIDO_OK
        else { throw .unavailable }
        expect(extensions)
        guard fido_cred_verify_self(pointer) == FIDO_OK else { throw .wrongSignature }
    }

    /// libfido2 refuses extensions that were not asked for. Browsers add some of their own accord, and the signature covers
    /// them, so those that came are those expected.
    private func expect(_ extensions: CBOR?) {
        if extensions?[.text("hmac-secret")] == .boolean(true) {
            fido_cred_set_extensions(pointer, FIDO_EXT_HMAC_SECRET)
        }
        if extensions?[.text("credBlob")] == .boolean(true) {
            fido_cred_set_extensions(pointer, FIDO_EXT_CRED_BLOB)
        }
        if case .integer(let level) = extensions?[.text("credProtect")], 1...3 ~= level {
            fido_cred_set_prot(pointer, Int32(level))
        }
        if case .integer(let length) = extensions?[.text("minPinLength")], 1...255 ~= length {
            fido_cred_set_pin_minlen(pointer, Int(length))
        }
    }
}
