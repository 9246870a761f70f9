import Foundation
import Kernel
import TestSupport
import Testing

@testable import Secrets

@Suite("The keys of tenants (K9)")
struct TenantKeysTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "va-keys-\(UUID().uuidString)")
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private let tenant = TenantID()
    private let place = ["transcript_turn.words", "1/2"]

    private func withKeys(_ ring: String = "1:\(Keys.first)", _ body: (TenantKeys) throws -> Void) throws {
        let closed: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: closed)
        defer { do { try FileManager.default.removeItem(at: folder) } catch {} }
        try body(try keys(ring))
    }

    private func keys(_ ring: String) throws -> TenantKeys {
        let time = TimeSource(now: { Self.start }, sleep: { _ in })
        return TenantKeys(folder: folder, ring: try KeyRing(text: ring), time: time)
    }

    private var file: URL { folder.appending(path: "\(tenant).key") }

    @Test(arguments: ["", "Grüß Gott", String(repeating: "x", count: 100_000)])
    func whatIsSealedOpensInItsPlaceAlone(text: String) throws {
        try withKeys { keys in
            let other = TenantID()
            try keys.create(tenant)
            try keys.create(other)
            let sealed = try keys.seal(Data(text.utf8), for: tenant, at: place)
            #expect(try keys.open(sealed, for: tenant, at: place) == Data(text.utf8))
            #expect(text.isEmpty || sealed.range(of: Data(text.utf8)) == nil)
            #expect(throws: TenantKeys.Failure.refused) { try keys.open(sealed, for: other, at: place) }
            #expect(throws: TenantKeys.Failure.refused) {
                try keys.open(sealed, for: tenant, at: ["transcript_turn.words", "1/3"])
            }
            #expect(throws: TenantKeys.Failure.refused) {
                try keys.open(sealed, for: tenant, at: ["transcript_turn.words1", "/2"])
            }
            for index in [0, 1, sealed.count - 1] {
                var altered = sealed
                altered[index] ^= 1
                #expect(throws: TenantKeys.Failure.refused) { try keys.open(altered, for: tenant, at: place) }
            }
            #expect(throws: TenantKeys.Failure.refused) { try keys.open(Data(), for: tenant, at: place) }
        }
    }

    @Test func sealingTheSameTwiceGivesTwoValues() throws {
        try withKeys { keys in
            try keys.create(tenant)
            let first = try keys.seal(Data("a".utf8), for: tenant, at: place)
            #expect(try keys.seal(Data("a".utf8), for: tenant, at: place) != first)
        }
    }

    @Test func aKeyIsMadeOnceAndNeverByTheWay() throws {
        try withKeys { keys in
            #expect(throws: TenantKeys.Failure.missing) { try keys.seal(Data(), for: tenant, at: place) }
            try keys.create(tenant)
            let content = try Data(contentsOf: file)
            try keys.create(tenant)
            #expect(try Data(contentsOf: file) == content)
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test("what root writes belongs to whom the folder belongs to")
    func owner() throws {
        try withKeys { keys in
            // Whoever is not root owns the folder already, and cannot give it away.
            let owner = geteuid() == 0 ? 65_534 : geteuid()
            #expect(chown(folder.path, owner, getegid()) == 0)
            try keys.create(tenant)
            let made = try FileManager.default.attributesOfItem(atPath: file.path)[.ownerAccountID] as? Int
            #expect(made == Int(owner))
            try keys.destroy(tenant)
            let note = try FileManager.default.attributesOfItem(atPath: file.path)[.ownerAccountID] as? Int
            #expect(note == Int(owner))
        }
    }

    @Test("K9: a destroyed key stays destroyed, its file holds none, and other processes lose it within a minute")
    func destruction() throws {
        try withKeys { keys in
            try keys.create(tenant)
            let sealed = try keys.seal(Data("geheim".utf8), for: tenant, at: place)
            let elsewhere = try self.keys("1:\(Keys.first)")
            #expect(try elsewhere.open(sealed, for: tenant, at: place) == Data("geheim".utf8))
            try keys.destroy(tenant)
            try keys.destroy(tenant)
            #expect(throws: TenantKeys.Failure.destroyed) { try keys.open(sealed, for: tenant, at: place) }
            try keys.create(tenant)
            #expect(throws: TenantKeys.Failure.destroyed) { try keys.seal(Data(), for: tenant, at: place) }
            #expect(try String(contentsOf: file, encoding: .utf8) == "destroyed 2027-01-15T08:00:00Z\n")
            let never = TenantID()
            try keys.destroy(never)
            #expect(throws: TenantKeys.Failure.destroyed) { try keys.seal(Data(), for: never, at: place) }
        }
    }

    @Test func aKeyThatWasReadIsUsedForAMinute() throws {
        let now = Shared(Self.start)
        try withKeys { keys in
            try keys.create(tenant)
            let sealed = try keys.seal(Data("a".utf8), for: tenant, at: place)
            let ring = try KeyRing(text: "1:\(Keys.first)")
            let other = TenantKeys(
                folder: folder,
                ring: ring,
                time: TimeSource(now: { now.value }, sleep: { _ in })
            )
            #expect(try other.open(sealed, for: tenant, at: place) == Data("a".utf8))
            try keys.destroy(tenant)
            #expect(try other.open(sealed, for: tenant, at: place) == Data("a".utf8))
            now.update { $0 += TenantKeys.lifetime }
            #expect(throws: TenantKeys.Failure.destroyed) { try other.open(sealed, for: tenant, at: place) }
        }
    }

    @Test("F2: after the ring was rotated the keys are wrapped anew, and the old ring's key opens nothing")
    func rotation() throws {
        try withKeys { keys in
            try keys.create(tenant)
            let sealed = try keys.seal(Data("a".utf8), for: tenant, at: place)
            let both = try self.keys("1:\(Keys.first)\n2:\(Keys.second)")
            #expect(try both.rewrap() == 1)
            #expect(try both.rewrap() == 0)
            let newest = try self.keys("2:\(Keys.second)")
            #expect(try newest.open(sealed, for: tenant, at: place) == Data("a".utf8))
            let oldest = try self.keys("1:\(Keys.first)")
            #expect(throws: TenantKeys.Failure.unreadable) { try oldest.open(sealed, for: tenant, at: place) }
        }
    }

    @Test func aFolderThatIsNotThereIsNotAFolderWithoutKeys() throws {
        let keys = try keys("1:\(Keys.first)")
        #expect(throws: TenantKeys.Failure.unavailable) { try keys.verifyFolder() }
        #expect(throws: TenantKeys.Failure.unavailable) { try keys.seal(Data(), for: tenant, at: place) }
        #expect(throws: TenantKeys.Failure.unavailable) { try keys.create(tenant) }
        try withKeys { keys in
            try keys.verifyFolder()
            try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: folder.path)
            #expect(throws: TenantKeys.Failure.unavailable) { try keys.verifyFolder() }
        }
    }

    @Test(arguments: ["", "1:a", "1:a:b", "x:AAAA:AAAA", "9:AAAAAAAAAAAAAAAA:AAAA"])
    func aDamagedFileIsAnError(content: String) throws {
        try withKeys { keys in
            try Data(content.utf8).write(to: file)
            #expect(throws: TenantKeys.Failure.unreadable) { try keys.open(Data([1]), for: tenant, at: place) }
            do { try keys.create(tenant) } catch TenantKeys.Failure.unreadable {}
            #expect(try String(contentsOf: file, encoding: .utf8) == content)
        }
    }
}
