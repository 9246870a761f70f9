import Foundation

/// The part of CBOR (RFC 8949) that authenticators send: no tags, no floats.
indirect enum CBOR: Equatable {
    case integer(Int64)
    case bytes(Data)
    case text(String)
    case array([CBOR])
    case map([Pair])
    case boolean(Bool)
    case null

    struct Pair: Equatable {
        let key: CBOR
        let value: CBOR
    }

    /// The value of a map's member; nil if there is none or this is no map.
    subscript(key: CBOR) -> CBOR? {
        guard case .map(let pairs) = self else { return nil }
        return pairs.first { $0.key == key }?.value
    }
}
