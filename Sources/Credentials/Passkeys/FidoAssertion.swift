import CFido2
import Foundation

/// An answer in libfido2's hands, freed with this value.
struct FidoAssertion: ~Copyable {
    private let pointer: OpaquePointer

    private init() throws(WebAuthnRefusal) {
        fido_init(0)
        guard let pointer = fido_assert_new() else { throw .unavailable }
        self.pointer = pointer
    }

    static func make(
        _ data: AuthenticatorData,
        relyingParty: String,
        clientDataHash: Data,
        signature: Data
    ) throws(WebAuthnRefusal) -> FidoAssertion {
        let assertion = try FidoAssertion()
        let pointer = assertion.pointer
        let hash = [UInt8](clientDataHash)
        let signature = [UInt8](signature)
        let bytes = [UInt8](data.bytes)
        guard fido_assert_set_count(pointer, 1) == FIDO_OK,
            fido_assert_set_rp(pointer, relyingParty) == FIDO_OK,
            fido_assert_set_clientdata_hash(pointer, hash, hash.count) == FIDO_OK,
            fido_assert_set_up(pointer, FIDO_OPT_TRUE) == FIDO_OK,
            fido_assert_set_uv(pointer, FIDO_OPT_TRUE) == FIDO_OK,
            fido_assert_set_sig(pointer, 0, signature, signature.count) == FIDO_OK
        else { throw .unavailable }
        guard fido_assert_set_authdata_raw(pointer, 0, bytes, bytes.count) == FIDO_OK else { throw .malformed }
        return assertion
    }

    deinit {
        var freed: OpaquePointer? = pointer
        fido_assert_free(&freed)
    }

    func verify(_ key: borrowing FidoPublicKey) throws(WebAuthnRefusal) {
        let algorithm = Int32(key.algorithm.rawValue)
        guard key.withPointer({ fido_assert_verify(pointer, 0, algorithm, $0) }) == FIDO_OK else {
            throw .wrongSignature
        }
    }
}
