import CFido2
import Foundation

/// A stored public key in libfido2's hands, freed with this value.
struct FidoPublicKey: ~Copyable {
    private enum Key {
        case es256(OpaquePointer)
        case edDSA(OpaquePointer)
        case rs256(OpaquePointer)
    }

    let algorithm: COSEAlgorithm
    private let key: Key

    private init(_ algorithm: COSEAlgorithm) throws(WebAuthnRefusal) {
        self.algorithm = algorithm
        switch algorithm {
        case .es256:
            guard let pointer = es256_pk_new() else { throw .unavailable }
            key = .es256(pointer)
        case .edDSA:
            guard let pointer = eddsa_pk_new() else { throw .unavailable }
            key = .edDSA(pointer)
        case .rs256:
            guard let pointer = rs256_pk_new() else { throw .unavailable }
            key = .rs256(pointer)
        }
    }

    /// `.unsupportedKey` unless `bytes` are a key of `algorithm`: the right length, and a point of the curve.
    static func make(_ bytes: Data, algorithm: COSEAlgorithm) throws(WebAuthnRefusal) -> FidoPublicKey {
        let key = try FidoPublicKey(algorithm)
        guard bytes.count == length(algorithm), key.load([UInt8](bytes)) == FIDO_OK else { throw .unsupportedKey }
        return key
    }

    deinit {
        switch key {
        case .es256(let pointer):
            var freed: OpaquePointer? = pointer
            es256_pk_free(&freed)
        case .edDSA(let pointer):
            var freed: OpaquePointer? = pointer
            eddsa_pk_free(&freed)
        case .rs256(let pointer):
            var freed: OpaquePointer? = pointer
            rs256_pk_free(&freed)
        }
    }

    /// Lends the pointer that libfido2 verifies with.
    func withPointer<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result {
        switch key {
        case .es256(let pointer), .edDSA(let pointer), .rs256(let pointer): body(UnsafeRawPointer(pointer))
        }
    }

    private func load(_ bytes: [UInt8]) -> Int32 {
        switch key {
        case .es256(let pointer): es256_pk_from_ptr(pointer, bytes, bytes.count)
        case .edDSA(let pointer): eddsa_pk_from_ptr(pointer, bytes, bytes.count)
        case .rs256(let pointer): rs256_pk_from_ptr(pointer, bytes, bytes.count)
        }
    }

    private static func length(_ algorithm: COSEAlgorithm) -> Int {
        switch algorithm {
        case .es256: 64
        case .edDSA: 32
        // A modulus of 2,048 bits and the exponent.
        case .rs256: 259
        }
    }
}
