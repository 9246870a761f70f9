import Audit
import Credentials
import Foundation
import Kernel
import Numbers
import Outbox
import Secrets
import Tenants

/// What the operator's commands need that write to people.
struct OperatorPost {
    let outbox: MailOutbox
    let links: TenantLinks
    /// What keys of the API are hashed with.
    let keyPepper: Secret
}

extension OperatorDesk {
    /// Who acts, as chains and mails know the operator.
    func acting(as name: String = "VoiceAgent") -> Acting { Acting(.platform(actor.name), name: name) }

    /// - Throws: `SettingProblems` if the keys or the public address are missing.
    func post() throws -> OperatorPost {
        var reader = SettingReader(environment)
        let base = reader.baseURL(.publicBaseURL)
        var ring: KeyRing?
        if let path = reader.text(.secretsKeyFile) {
            do {
                ring = try KeyRing(file: path)
            } catch {
                reader.refuse(.secretsKeyFile, error.code)
            }
        }
        guard let base, let ring, reader.problems.isEmpty else { throw SettingProblems(problems: reader.problems) }
        return OperatorPost(
            outbox: MailOutbox(database: database, envelope: Envelope(ring: ring)),
            links: TenantLinks(base: base),
            keyPepper: ring.derived(for: "api-key-pepper")
        )
    }

    /// The people of tenants. Nobody accepts an invitation here, so one hash at a time is plenty.
    func withMembers(_ body: (MemberBook) async throws -> Void) async throws {
        let post = try post()
        let passwords = try ProgramFolders(environment: environment).resources
            .appending(path: "passwords").appending(path: "common.txt")
        let hasher = PasswordHasher(slots: 1, queue: 0)
        let members = MemberBook(
            database,
            outbox: post.outbox,
            links: post.links,
            rules: PasswordRules(common: try CommonPasswords.load(file: passwords)),
            hasher: hasher,
            time: .system
        )
        do {
            try await body(members)
        } catch {
            await hasher.close()
            throw error
        }
        await hasher.close()
    }

    /// The end of tenants, which gives their numbers back.
    func withLifecycle(_ body: (TenantLifecycle) async throws -> Void) async throws {
        let post = try post()
        try await withNumbers { numbers in
            let lifecycle = TenantLifecycle(
                database,
                outbox: post.outbox,
                links: post.links,
                releaseNumbers: TenantServices.release(numbers),
                time: .system
            )
            try await body(lifecycle)
        }
    }
}
