import Database
import Foundation
import Kernel
import TestSupport
import Testing

@Suite("A restart of the server")
struct RestartTests {
    @Test("the pool comes back by itself, and what was committed is there")
    func poolComesBack() async throws {
        try await withPrivateServers { servers in
            let administration = ClusterAdministration(ownerURL: servers.urls.owner)
            let name = try #require(DatabaseName("va_test_restart"))
            try await administration.ensureMigrated(name, directory: RepositoryFolder.migrations)
            let urls = servers.urls.naming(name)
            try await withDatabases(urls) { database in
                let tenant = try await database.makeTenant(slug: "vorher")
                try await servers.restart(.postgres)
                let found = try await database.app.withTenant(tenant) { transaction in
                    try transaction.queryOne("SELECT slug FROM tenant")?.get("slug", as: String.self)
                }
                #expect(found == "vorher")
            }
        }
    }
}
