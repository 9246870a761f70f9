package import Foundation
package import Kernel

/// Seals what nobody may read once its tenant is gone, under the key of that tenant alone (requirement K9).
///
/// A port: the keys belong to `Secrets`, which this room must not know. What it throws ends the transaction like any
/// other error; a store of keys that cannot be reached is `DatabaseError.unavailable(.keys)`.
package struct TenantSeals: Sendable {
    package let seal: @Sendable (Data, TenantID, SealedCell) throws -> Data
    package let open: @Sendable (Data, TenantID, SealedCell) throws -> Data
    /// Makes the key of a new tenant. Safe to repeat while it exists.
    package let create: @Sendable (TenantID) throws -> Void
    /// Destroys the key for ever. Safe to repeat.
    package let destroy: @Sendable (TenantID) throws -> Void

    package init(
        seal: @escaping @Sendable (Data, TenantID, SealedCell) throws -> Data,
        open: @escaping @Sendable (Data, TenantID, SealedCell) throws -> Data,
        create: @escaping @Sendable (TenantID) throws -> Void,
        destroy: @escaping @Sendable (TenantID) throws -> Void
    ) {
        self.seal = seal
        self.open = open
        self.create = create
        self.destroy = destroy
    }
}

extension TenantSeals {
    /// For programs that neither seal nor open anything: all of it throws `DatabaseError.unavailable(.keys)`.
    package static let none = TenantSeals(
        seal: { _, _, _ in throw DatabaseError.unavailable(.keys) },
        open: { _, _, _ in throw DatabaseError.unavailable(.keys) },
        create: { _ in throw DatabaseError.unavailable(.keys) },
        destroy: { _ in throw DatabaseError.unavailable(.keys) }
    )
}

/// The key of a tenant was destroyed: what was sealed under it is gone, in this database and in every copy of it.
package struct TenantKeyDestroyed: Error, Sendable, Hashable {
    package init() {}
}

/// Where a sealed value stands. It is part of the seal: a value that is moved elsewhere does not open.
package struct SealedCell: Sendable, Hashable {
    /// Table and column, for example `transcript_turn.words`.
    package let column: StaticString
    /// The row's key.
    package let row: String

    package init(_ column: StaticString, _ row: any CustomStringConvertible...) {
        self.column = column
        self.row = row.map(\.description).joined(separator: "/")
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.column.description == right.column.description && left.row == right.row
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(row) }
}

extension Transaction {
    /// What is written into `cell` for `text`.
    package func seal(_ text: String, of tenant: TenantID, in cell: SealedCell) throws -> Data {
        try seals.seal(Data(text.utf8), tenant, cell)
    }

    /// The text that stands in `cell`.
    /// - Throws: `TenantKeyDestroyed`, or an error if the value was altered or belongs elsewhere.
    package func open(_ sealed: Data, of tenant: TenantID, in cell: SealedCell) throws -> String {
        String(decoding: try seals.open(sealed, tenant, cell), as: UTF8.self)
    }

    /// The same for a value that is kept as JSON.
    package func seal(encoding value: some Encodable, of tenant: TenantID, in cell: SealedCell) throws -> Data {
        try seal(try JSONText(encoding: value).text, of: tenant, in: cell)
    }

    package func open<Value: Decodable>(
        _ sealed: Data,
        as type: Value.Type = Value.self,
        of tenant: TenantID,
        in cell: SealedCell
    ) throws -> Value {
        try JSONText(text: try open(sealed, of: tenant, in: cell)).decode()
    }
}
