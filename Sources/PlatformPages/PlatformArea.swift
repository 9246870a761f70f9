package import Audit
import PageParts
package import People
package import Site
package import Tenants
package import Web

/// The pages of the platform's own people: tenants, people, the system's status, and the platform's audit log.
package struct PlatformArea: Sendable {
    /// What the pages work with.
    package struct Books: Sendable {
        package let tenants: TenantBook
        package let reading: TenantReading
        package let members: MemberBook
        package let lifecycle: TenantLifecycle
        package let support: SupportDesk
        package let sessions: WebSessions
        package let people: PersonReading
        package let personDesk: PersonDesk
        package let installation: InstallationReading
        package let archive: AuditArchive
        package let export: AuditExport

        package init(
            tenants: TenantBook,
            reading: TenantReading,
            members: MemberBook,
            lifecycle: TenantLifecycle,
            support: SupportDesk,
            sessions: WebSessions,
            people: PersonReading,
            personDesk: PersonDesk,
            installation: InstallationReading,
            archive: AuditArchive,
            export: AuditExport
        ) {
            self.tenants = tenants
            self.reading = reading
            self.members = members
            self.lifecycle = lifecycle
            self.support = support
            self.sessions = sessions
            self.people = people
            self.personDesk = personDesk
            self.installation = installation
            self.archive = archive
            self.export = export
        }
    }

    private let books: Books
    private let probes: HealthProbes
    private let version: String
    private let proof: AuditProof

    /// - Parameters:
    ///   - probes: ask the dependencies; each must come back by itself within seconds.
    ///   - version: what the running program calls itself.
    ///   - anchors: where heads of the chains are kept outside the database; nil if nowhere.
    ///   - verifier: the text of `Resources/audit/verify.py`.
    package init(
        _ books: Books,
        probes: HealthProbes,
        version: String,
        anchors: AuditAnchorFolder?,
        verifier: String
    ) {
        self.books = books
        self.probes = probes
        self.version = version
        proof = AuditProof(anchors: anchors, verifier: verifier)
    }

    package func bind(into book: inout SiteBook) {
        let desk = TenantDesk(reading: books.reading)
        TenantListController(reading: books.reading).bind(into: &book)
        TenantCreationController(tenants: books.tenants, members: books.members).bind(into: &book)
        TenantController(reading: books.reading).bind(into: &book)
        TenantNameController(desk: desk, tenants: books.tenants).bind(into: &book)
        TenantBoundsController(desk: desk, tenants: books.tenants).bind(into: &book)
        TenantOwnerController(desk: desk, members: books.members).bind(into: &book)
        TenantStateController(desk: desk, tenants: books.tenants).bind(into: &book)
        TenantClosingController(desk: desk, lifecycle: books.lifecycle).bind(into: &book)
        LookController(desk: desk, support: books.support, sessions: books.sessions).bind(into: &book)
        PersonListController(reading: books.people).bind(into: &book)
        PersonController(reading: books.people).bind(into: &book)
        FactorResetController(reading: books.people, desk: books.personDesk).bind(into: &book)
        StatusController(installation: books.installation, probes: probes, version: version).bind(into: &book)
        PlatformLogController(
            archive: books.archive,
            export: books.export,
            reading: books.reading,
            proof: proof
        ).bind(into: &book)
    }
}
