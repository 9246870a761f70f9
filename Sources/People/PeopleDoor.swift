import Database

extension Database {
    /// For the tables of this room, which no tenant owns: the one use of the door without a tenant.
    func withPeople<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        try await withoutTenant(body)
    }
}
