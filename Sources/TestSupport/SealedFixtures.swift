package import Database
package import Foundation
package import Kernel

/// Sealed columns as the product writes them, for rows that tests put into tables themselves.
extension Transaction {
    package func sealedCaller(_ number: String?, _ sid: String, of tenant: TenantID) throws -> Data? {
        try number.map { try seal($0, of: tenant, in: SealedCell("call.caller", sid)) }
    }

    package func sealedWords(
        _ text: String,
        heard: String? = nil,
        _ call: CallID,
        _ ordinal: Int,
        of tenant: TenantID
    ) throws -> Data {
        var words = ["text": text]
        words["heard"] = heard
        return try seal(encoding: words, of: tenant, in: SealedCell("transcript_turn.words", call, ordinal))
    }

    package func sealedEvent(
        _ body: String,
        _ call: CallID,
        _ kind: String,
        _ key: String,
        of tenant: TenantID
    ) throws -> Data {
        try seal(body, of: tenant, in: SealedCell("carrier_event.body", call, kind, key))
    }
}
