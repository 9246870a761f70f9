import HTTPTypes
import Localization
import Tenants
import Testing
import Web

@testable import API

struct TableTests {
    @Test("the description has every line of the table and no other")
    func documented() throws {
        let paths = try #require(try Description().root["paths"])
        guard case .object(let members) = paths else { return }
        let methods = ["get", "put", "post", "delete", "patch", "head", "options", "trace"]
        var described: Set<String> = []
        for path in members {
            for method in methods where path.value[method] != nil {
                described.insert("\(method.uppercased()) \(path.name)")
            }
        }
        let table = Endpoint.apiTable.map { endpoint in
            let path = endpoint.path.split(separator: "/").map {
                $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0)
            }
            return "\(endpoint.method.rawValue) /" + path.joined(separator: "/")
        }
        #expect(Set(table) == described)
        #expect(Set(table).count == Endpoint.apiTable.count)
    }

    @Test("B8: every line but the description's needs a key with a scope that keys can have")
    func guarded() {
        for endpoint in Endpoint.apiTable where endpoint != .apiDocument {
            guard case .apiKey(let permission) = endpoint.access else {
                Issue.record("\(endpoint.path) needs no key")
                continue
            }
            #expect(AccessMatrix.keyScopes.contains(permission) || endpoint == .apiMe)
        }
        #expect(Endpoint.apiDocument.access == .anyone)
    }

    @Test("every code of refusals is in the description and has texts in both languages")
    func codes() throws {
        let problem = try #require(try Description().root["components"]?["schemas"]?["Problem"])
        let listed = problem["properties"]?["code"]?["enum"]?.values?.compactMap(\.string)
        #expect(Set(listed ?? []) == Set(ProblemCode.allCases.map(\.rawValue)))
        for code in ProblemCode.allCases {
            for key in ["api.title_\(code.rawValue)", "api.detail_\(code.rawValue)"] {
                #expect(try APIWorld.text(key, .de) != key)
                #expect(try APIWorld.text(key, .en) != APIWorld.text(key, .de))
            }
        }
        for kind in [InputFault.Kind.missing, .malformed, .wrongType, .repeated, .unknownMember, .unknownParameter] {
            let key = InputFault(.root, kind).key
            #expect(try APIWorld.text(key, .en) != APIWorld.text(key, .de))
        }
    }

    @Test("every example of the description is what its own schema says")
    func examples() throws {
        let description = try Description()
        var seen = 0
        func walk(_ value: JSON, _ place: String) {
            switch value {
            case .list(let values): for (index, item) in values.enumerated() { walk(item, "\(place)/\(index)") }
            case .object(let members):
                if let schema = value["schema"], let examples = value["examples"], case .object(let named) = examples {
                    for example in named {
                        seen += 1
                        #expect(description.check(example.value["value"] ?? .null, schema, place) == [])
                    }
                }
                if let schema = value["schema"], let example = value["example"] {
                    seen += 1
                    #expect(description.check(example, schema, place) == [])
                }
                for member in members { walk(member.value, "\(place)/\(member.name)") }
            default: break
            }
        }
        walk(description.root, "#")
        #expect(seen > 20)
    }
}
