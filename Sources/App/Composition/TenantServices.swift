import Audit
import Credentials
import Database
import Foundation
import Kernel
import Numbers
import Outbox
import People
import Secrets
import Tenants

/// What the pages and the API do in a tenant's name, built once.
struct TenantServices: Sendable {
    let tenants: TenantBook
    let numbers: NumberBook
    let numberReading: NumberReading
    let visitors: VisitorBook
    let members: MemberBook
    let keys: APIKeys
    let modelKeys: TenantModelKeys
    let support: SupportDesk
    let lifecycle: TenantLifecycle
    let archive: AuditArchive
    let export: AuditExport
    /// Nil where no anchors are kept.
    let anchors: AuditAnchorFolder?
    /// The program that checks an export, as it is handed out.
    let verifier: String

    init(
        people: PeopleParts,
        tenants: TenantBook,
        numbers: NumberBook,
        links: TenantLinks,
        config: AppConfig,
        resources: URL
    ) throws {
        let database = people.database
        self.tenants = tenants
        self.numbers = numbers
        numberReading = NumberReading(database, time: people.time)
        visitors = VisitorBook(database, time: people.time)
        members = MemberBook(
            database,
            outbox: people.outbox,
            links: links,
            rules: people.rules,
            hasher: people.hasher,
            time: people.time
        )
        keys = APIKeys(
            database,
            outbox: people.outbox,
            links: links,
            pepper: config.keyRing.derived(for: "api-key-pepper"),
            time: people.time
        )
        modelKeys = TenantModelKeys(database)
        support = SupportDesk(database, outbox: people.outbox, links: links, time: people.time)
        lifecycle = TenantLifecycle(
            database,
            outbox: people.outbox,
            links: links,
            releaseNumbers: Self.release(numbers),
            time: people.time
        )
        archive = AuditArchive(database)
        export = AuditExport(database, time: people.time)
        anchors = config.auditAnchorFolder.map { AuditAnchorFolder(URL(filePath: $0, directoryHint: .isDirectory)) }
        verifier = try String(contentsOf: resources.appending(path: "audit/verify.py"), encoding: .utf8)
    }

    /// How a tenant that ends gives its numbers back.
    static func release(_ numbers: NumberBook) -> TenantLifecycle.ReleaseNumbers {
        { tenant, acting in
            for number in try await numbers.numbers(tenant) {
                // Whoever was quicker released it as well.
                _ = try await numbers.release(tenant, number.e164, actor: acting.auditActor)
            }
        }
    }
}
