package import Database
package import Secrets

extension TenantSeals {
    /// Under the keys of this folder.
    package static func under(_ keys: TenantKeys) -> TenantSeals {
        TenantSeals(
            seal: { plain, tenant, cell in
                try told { () throws(TenantKeys.Failure) in
                    try keys.seal(plain, for: tenant, at: [cell.column.description, cell.row])
                }
            },
            open: { sealed, tenant, cell in
                try told { () throws(TenantKeys.Failure) in
                    try keys.open(sealed, for: tenant, at: [cell.column.description, cell.row])
                }
            },
            create: { tenant in try told { () throws(TenantKeys.Failure) in try keys.create(tenant) } },
            destroy: { tenant in try told { () throws(TenantKeys.Failure) in try keys.destroy(tenant) } }
        )
    }

    /// In the words of the database's room: what may be tried again, and what is gone.
    private static func told<Result>(_ act: () throws(TenantKeys.Failure) -> Result) throws -> Result {
        do {
            return try act()
        } catch .unavailable {
            throw DatabaseError.unavailable(.keys)
        } catch .destroyed {
            throw TenantKeyDestroyed()
        }
    }
}
