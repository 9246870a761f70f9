package import Kernel

/// An open transaction, as the body given to one of the doors of `Database` sees it. It ends with that body.
package struct Transaction {
    /// Whose rows are visible; nil at the doors without a tenant.
    package let tenant: TenantID?
    private let connection: PostgresConnection
    let seals: TenantSeals
    private let statements: StatementWatch

    init(connection: PostgresConnection, tenant: TenantID?, seals: TenantSeals, statements: StatementWatch) {
        self.connection = connection
        self.tenant = tenant
        self.seals = seals
        self.statements = statements
    }

    package func query(_ sql: SQL) throws -> [Row] {
        try run(sql).rows
    }

    /// The first row, nil if there is none.
    package func queryOne(_ sql: SQL) throws -> Row? {
        try run(sql).rows.first
    }

    /// - Returns: how many rows were inserted, updated or deleted.
    @discardableResult
    package func execute(_ sql: SQL) throws -> Int {
        try run(sql).affected
    }

    /// Runs `body` so that its failure undoes only what it did: the transaction stays usable when the error is caught.
    package func nested<Result>(_ body: () throws -> Result) throws -> Result {
        try connection.run(script: "SAVEPOINT nested")
        do {
            let result = try body()
            try connection.run(script: "RELEASE SAVEPOINT nested")
            return result
        } catch {
            if !connection.mustClose {
                try connection.run(script: "ROLLBACK TO SAVEPOINT nested; RELEASE SAVEPOINT nested")
            }
            throw error
        }
    }

    private func run(_ sql: SQL) throws -> QueryResult {
        statements.willRun(sql.text, tenant: tenant)
        return try connection.run(sql)
    }
}
