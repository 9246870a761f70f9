package import Foundation
package import Kernel

/// A value that only its own place can open.
package struct SealedValue: Sendable, Equatable {
    /// The version of the ring's key that wraps the data key.
    package let keyVersion: Int
    /// 12 random bytes.
    package let nonce: Data
    /// The wrapped data key, then the value and its tag.
    package let ciphertext: Data

    package init(keyVersion: Int, nonce: Data, ciphertext: Data) {
        self.keyVersion = keyVersion
        self.nonce = nonce
        self.ciphertext = ciphertext
    }
}

/// Where a sealed value is kept. It is part of the seal, so that a value moved elsewhere does not open.
package struct SealedPlace: Sendable, Hashable {
    /// The tenant whose secret it is, or the platform for one that belongs to no tenant.
    package let owner: KeyOwner
    /// What the value is for, for example `model_key`.
    package let purpose: String
    package let table: String
    /// The row's key, as text.
    package let row: String
    package let column: String

    package init(tenant: TenantID, purpose: String, table: String, row: String, column: String) {
        self.init(.tenant(tenant), purpose: purpose, table: table, row: row, column: column)
    }

    package init(_ owner: KeyOwner, purpose: String, table: String, row: String, column: String) {
        self.owner = owner
        self.purpose = purpose
        self.table = table
        self.row = row
        self.column = column
    }
}
