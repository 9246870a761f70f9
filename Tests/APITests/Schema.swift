import Foundation
import TestSupport
import Testing

@testable import API

/// The description that is served, and as much of JSON Schema as it uses.
struct Description {
    let root: JSON

    init() throws {
        let file = RepositoryFolder.resources.appending(path: "api/openapi.json")
        root = try JSONParser.parse(Array(try Data(contentsOf: file)))
    }

    /// What is wrong with an answer of `method path` (with the document's braces), by the schema of its status.
    func faults(_ reply: Reply, _ method: String, _ path: String) -> [String] {
        guard let operation = root["paths"]?[path]?[method.lowercased()] else { return ["no \(method) \(path)"] }
        guard let answer = operation["responses"]?["\(reply.status)"].map(resolve) else {
            return ["\(method) \(path) does not answer \(reply.status)"]
        }
        guard let content = answer["content"] else { return reply.bytes.isEmpty ? [] : ["there is a body"] }
        guard let schema = content[reply.header("content-type") ?? ""]?["schema"] else { return ["other media type"] }
        guard let json = reply.json else { return ["no JSON"] }
        return check(json, schema, "$")
    }

    func check(_ value: JSON, _ schema: JSON, _ place: String) -> [String] {
        let schema = resolve(schema)
        var faults: [String] = []
        if let choices = schema["oneOf"]?.values {
            let fitting = choices.count { check(value, $0, place).isEmpty }
            if fitting != 1 { faults.append("\(place): \(fitting) of oneOf fit") }
        }
        for part in schema["allOf"]?.values ?? [] { faults += check(value, part, place) }
        if let type = schema["type"] {
            let types = type.values?.compactMap(\.string) ?? [type.string ?? ""]
            if !types.contains(where: { Self.isOf(value, $0) }) { faults.append("\(place): not \(types)") }
        }
        if let options = schema["enum"]?.values, !options.contains(value) { faults.append("\(place): not in enum") }
        if let text = value.string {
            if let pattern = schema["pattern"]?.string, text.range(of: pattern, options: .regularExpression) == nil {
                faults.append("\(place): not \(pattern)")
            }
            if schema["format"]?.string == "uuid", UUID(uuidString: text) == nil { faults.append("\(place): no uuid") }
            if schema["format"]?.string == "date-time", Timestamp.parse(text) == nil {
                faults.append("\(place): no date-time")
            }
        }
        if case .list(let values) = value, let items = schema["items"] {
            for (index, item) in values.enumerated() { faults += check(item, items, "\(place)[\(index)]") }
        }
        if case .object(let members) = value { faults += check(members, schema, place) }
        return faults
    }

    private func check(_ members: [JSON.Member], _ schema: JSON, _ place: String) -> [String] {
        var faults: [String] = []
        for name in schema["required"]?.values?.compactMap(\.string) ?? []
        where !members.contains(where: { $0.name == name }) {
            faults.append("\(place).\(name): missing")
        }
        for member in members {
            if let known = schema["properties"]?[member.name] {
                faults += check(member.value, known, "\(place).\(member.name)")
            } else if let other = schema["additionalProperties"] {
                if other == .bool(false) {
                    faults.append("\(place).\(member.name): unknown")
                } else if case .object = other {
                    faults += check(member.value, other, "\(place).\(member.name)")
                }
            }
        }
        return faults
    }

    private static func isOf(_ value: JSON, _ type: String) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.bool, "boolean"), (.text, "string"), (.list, "array"), (.object, "object"),
            (.number, "number"):
            true
        case (.number(let spelling), "integer"): Int(spelling) != nil
        default: false
        }
    }

    func resolve(_ schema: JSON) -> JSON {
        guard let reference = schema["$ref"]?.string, reference.hasPrefix("#/") else { return schema }
        let found = reference.dropFirst(2).split(separator: "/").reduce(root) { $0[String($1)] ?? .null }
        return resolve(found)
    }
}
