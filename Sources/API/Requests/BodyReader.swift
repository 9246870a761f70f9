import Foundation
import HTTPTypes
import Kernel
import NIOCore
import Web

/// Reads the members of a JSON object that a request brings along, and gathers everything that is wrong with them.
struct BodyReader {
    /// A member that is there: with null, or with a value.
    enum Given<Value> {
        case null
        case value(Value)
    }

    private var members: [String: JSON] = [:]
    private var faults: [InputFault] = []

    /// - Throws: `APIProblem` if it is not JSON or no object.
    init(_ request: IncomingRequest) throws {
        guard Self.isJSON(request.headers[values: .contentType]) else { throw APIProblem(.unsupportedMediaType) }
        let body: JSON
        do {
            body = try JSONParser.parse(Array(request.body.readableBytesView))
        } catch {
            throw APIProblem(.malformedJSON)
        }
        guard case .object(let members) = body else {
            throw APIProblem(.invalidRequest, faults: [InputFault(.root, .wrongType)])
        }
        self.members = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// JSON is UTF-8 and has no other charset (RFC 8259).
    private static func isJSON(_ types: [String]) -> Bool {
        guard types.count == 1, let type = types.first?.split(separator: ";").first else { return false }
        return type.trimmingCharacters(in: .whitespaces).lowercased() == "application/json"
    }

    /// What `read` makes of the text; nil if there is no such member.
    ///
    /// - Parameter isRequired: whether its absence is a fault.
    mutating func text<Value>(
        _ name: String,
        isRequired: Bool = false,
        _ read: (String) -> Value?
    ) -> Value? {
        switch nullable(name, isRequired: isRequired, read) {
        case .value(let value): return value
        case .null:
            faults.append(InputFault(.member(name), .wrongType))
            return nil
        case nil: return nil
        }
    }

    /// The same for a member that may be null.
    mutating func nullable<Value>(
        _ name: String,
        isRequired: Bool = false,
        _ read: (String) -> Value?
    ) -> Given<Value>? {
        switch members.removeValue(forKey: name) {
        case nil:
            if isRequired { faults.append(InputFault(.member(name), .missing)) }
            return nil
        case .null?: return .null
        case .text(let text)?:
            if let value = read(text) { return .value(value) }
            faults.append(InputFault(.member(name), .malformed))
            return nil
        case .bool?, .number?, .list?, .object?:
            faults.append(InputFault(.member(name), .wrongType))
            return nil
        }
    }

    /// - Throws: `APIProblem` with everything that was wrong, unknown members among it.
    func finish() throws {
        let unknown = members.keys.sorted().map { InputFault(.member($0), .unknownMember) }
        guard faults.isEmpty, unknown.isEmpty else { throw APIProblem(.invalidRequest, faults: faults + unknown) }
    }
}
