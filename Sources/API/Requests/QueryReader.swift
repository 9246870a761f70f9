import Foundation
import Kernel
import Web

/// Reads the parameters of a query, each at most once, and gathers everything that is wrong with them.
///
/// A plus sign is a plus sign, as RFC 3986 has it: telephone numbers and offsets of time need no escape.
struct QueryReader {
    private var values: [String: String] = [:]
    private var faults: [InputFault] = []

    init(_ request: IncomingRequest) {
        for pair in (request.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0]).removingPercentEncoding ?? String(parts[0])
            guard let value = (parts.count > 1 ? String(parts[1]) : "").removingPercentEncoding else {
                faults.append(InputFault(.parameter(name), .malformed))
                continue
            }
            guard values.updateValue(value, forKey: name) == nil else {
                faults.append(InputFault(.parameter(name), .repeated))
                continue
            }
        }
    }

    /// What `read` makes of the parameter; nil if it is not given.
    mutating func value<Value>(_ name: String, _ read: (String) -> Value?) -> Value? {
        guard let text = values.removeValue(forKey: name) else { return nil }
        guard let value = read(text) else {
            faults.append(InputFault(.parameter(name), .malformed))
            return nil
        }
        return value
    }

    mutating func limit(most: Int = 100, usual: Int = 50) -> Int {
        value("limit") { text in
            guard text.utf8.allSatisfy({ (48...57).contains($0) }), let limit = Int(text), (1...most).contains(limit)
            else { return nil }
            return limit
        } ?? usual
    }

    /// - Parameter read: makes the place in the list of the cursor's text.
    mutating func cursor<Place>(_ cursor: Cursor, _ read: (String) -> Place?) -> Place? {
        value("cursor") { cursor.place($0).flatMap(read) }
    }

    /// - Throws: `APIProblem` with everything that was wrong, unknown parameters among it.
    func finish() throws {
        let unknown = values.keys.sorted().map { InputFault(.parameter($0), .unknownParameter) }
        guard faults.isEmpty, unknown.isEmpty else { throw APIProblem(.invalidRequest, faults: faults + unknown) }
    }
}
