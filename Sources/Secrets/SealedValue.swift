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
    package let tenant: TenantID
    /// What the value is for, for example `model_key`.
    package let purpose: String
    package let table: String
    /// The row's key, as text.
    package let row: String
    package let column: String

    package init(tenant: TenantID, purpose: String, table: String, row: String, column: String) {
        self.tenant = tenant
        self.purpose = purpose
        self.table = table
        self.row = row
        self.column = column
    }
}
