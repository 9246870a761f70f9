import Crypto
import Foundation
import Kernel
import Testing

@testable import Secrets

@Suite("Sealed values (F1)")
struct EnvelopeTests {
    private let envelope: Envelope
    private let place = SealedPlace(
        tenant: TenantID(),
        purpose: "model_key",
        table: "tenant_model_key",
        row: "1",
        column: "ciphertext"
    )

    init() throws {
        envelope = Envelope(ring: try KeyRing(text: "1:\(Keys.first)\n2:\(Keys.second)\n"))
    }

    @Test(arguments: ["sk-abc", "", "Grüße 😀", String(repeating: "x", count: 10_000)])
    func whatIsSealedOpensInItsPlace(text: String) throws {
        let sealed = try envelope.seal(Secret(text), for: place)
        #expect(try envelope.open(sealed, for: place) == Secret(text))
        #expect(sealed.keyVersion == 2)
        #expect(sealed.nonce.count == 12)
        #expect(text.isEmpty || sealed.ciphertext.range(of: Data(text.utf8)) == nil)
    }

    @Test func nothingOpensInAnotherPlace() throws {
        let sealed = try envelope.seal(Secret("a"), for: place)
        let other = SealedPlace(tenant: TenantID(), purpose: "p", table: "t", row: "2", column: "c")
        let places = [
            changed(owner: .tenant(TenantID())), changed(owner: .platform), changed(purpose: other.purpose),
            changed(table: other.table),
            changed(row: other.row), changed(column: other.column),
            // The same characters, cut elsewhere.
            changed(row: "1c", column: "iphertext"), changed(purpose: "model_keyt", table: "enant_model_key"),
        ]
        for place in places {
            #expect(throws: Envelope.Failure.refused) { try envelope.open(sealed, for: place) }
        }
    }

    @Test func nothingOpensUnderAnotherVersion() throws {
        let sealed = try envelope.seal(Secret("a"), for: place)
        let older = SealedValue(keyVersion: 1, nonce: sealed.nonce, ciphertext: sealed.ciphertext)
        #expect(throws: Envelope.Failure.refused) { try envelope.open(older, for: place) }
        let unknown = SealedValue(keyVersion: 3, nonce: sealed.nonce, ciphertext: sealed.ciphertext)
        #expect(throws: Envelope.Failure.unknownVersion) { try envelope.open(unknown, for: place) }
        // The same key under another number, too: the number is part of the seal.
        let renumbered = Envelope(ring: try KeyRing(text: "3:\(Keys.second)"))
        #expect(throws: Envelope.Failure.refused) { try renumbered.open(unknown, for: place) }
    }

    @Test func partsOfTwoValuesDoNotMix() throws {
        let first = try envelope.seal(Secret("aaaa"), for: place)
        let second = try envelope.seal(Secret("bbbb"), for: place)
        let mixed = first.ciphertext.prefix(60) + second.ciphertext.dropFirst(60)
        for nonce in [first.nonce, second.nonce] {
            let value = SealedValue(keyVersion: 2, nonce: nonce, ciphertext: mixed)
            #expect(throws: Envelope.Failure.refused) { try envelope.open(value, for: place) }
        }
    }

    @Test func everyFlippedBitAndEveryTruncationIsRefused() throws {
        let sealed = try envelope.seal(Secret("geheim"), for: place)
        for index in sealed.ciphertext.indices {
            for bit in 0..<8 {
                var ciphertext = sealed.ciphertext
                ciphertext[index] ^= 1 << bit
                expectRefusal(sealed.nonce, ciphertext)
            }
            expectRefusal(sealed.nonce, sealed.ciphertext[..<index])
        }
        for index in sealed.nonce.indices {
            var nonce = sealed.nonce
            nonce[index] ^= 1
            expectRefusal(nonce, sealed.ciphertext)
            expectRefusal(sealed.nonce[..<index], sealed.ciphertext)
        }
    }

    @Test func valuesOfOlderKeysOpenAndAreKnownAsOutdated() throws {
        let old = Envelope(ring: try KeyRing(text: "1:\(Keys.first)"))
        let sealed = try old.seal(Secret("a"), for: place)
        #expect(try envelope.open(sealed, for: place) == Secret("a"))
        #expect(envelope.isOutdated(sealed))
        #expect(!old.isOutdated(sealed))
    }

    @Test("Nonces do not repeat: a million from the generator the seal uses, and those of a thousand seals")
    func noncesAreUnique() throws {
        var seen = Set<Nonce>(minimumCapacity: 1_000_000)
        for _ in 0..<1_000_000 { seen.insert(AES.GCM.Nonce().withUnsafeBytes(Nonce.init)) }
        #expect(seen.count == 1_000_000)
        for _ in 0..<1_000 {
            let sealed = try envelope.seal(Secret("a"), for: place)
            seen.insert(sealed.nonce.withUnsafeBytes(Nonce.init))
            seen.insert(sealed.ciphertext.prefix(12).withUnsafeBytes(Nonce.init))
        }
        #expect(seen.count == 1_002_000)
    }

    private struct Nonce: Hashable {
        let first: UInt64
        let second: UInt32

        init(_ bytes: UnsafeRawBufferPointer) {
            first = bytes.loadUnaligned(as: UInt64.self)
            second = bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
        }
    }

    private func expectRefusal(_ nonce: Data, _ ciphertext: Data) {
        let value = SealedValue(keyVersion: 2, nonce: nonce, ciphertext: ciphertext)
        #expect(throws: Envelope.Failure.refused) { try envelope.open(value, for: place) }
    }

    private func changed(
        owner: KeyOwner? = nil,
        purpose: String? = nil,
        table: String? = nil,
        row: String? = nil,
        column: String? = nil
    ) -> SealedPlace {
        SealedPlace(
            owner ?? place.owner,
            purpose: purpose ?? place.purpose,
            table: table ?? place.table,
            row: row ?? place.row,
            column: column ?? place.column
        )
    }
}
