import Foundation
import Kernel
import Testing

@Suite struct IdentityTests {
    @Test("An identity is spelled in lower case, whatever it was read from")
    func spelling() throws {
        let id = try #require(TenantID("0B1E5A6C-3E1F-4C55-9A0F-3D2F7C1B9A77"))
        #expect(id.description == "0b1e5a6c-3e1f-4c55-9a0f-3d2f7c1b9a77")
        #expect(TenantID(id.description) == id)
        #expect(TenantID(id.uuid) == id)
    }

    @Test(
        "Whatever is not a UUID is no identity",
        arguments: [
            "", "0", "0b1e5a6c3e1f4c559a0f3d2f7c1b9a77", "{0b1e5a6c-3e1f-4c55-9a0f-3d2f7c1b9a77}",
            "0b1e5a6c-3e1f-4c55-9a0f-3d2f7c1b9a7", "0b1e5a6c-3e1f-4c55-9a0f-3d2f7c1b9a7g",
            " 0b1e5a6c-3e1f-4c55-9a0f-3d2f7c1b9a77", "0b1e5a6c-3e1f-4c55-9a0f-3d2f7c1b9a77\n",
        ]
    )
    func otherTexts(text: String) {
        #expect(CallID(text) == nil)
    }

    @Test("New identities differ, and sort as PostgreSQL sorts their text")
    func newIdentities() {
        let ids = (0..<1_000).map { _ in FlowID() }
        #expect(Set(ids).count == 1_000)
        #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted())
    }

    @Test("An identity travels through JSON as a string")
    func coding() throws {
        let id = CallLegID()
        let json = try JSONEncoder().encode([id])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(id)\"]")
        #expect(try JSONDecoder().decode([CallLegID].self, from: json) == [id])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([CallLegID].self, from: Data(#"["not a UUID"]"#.utf8))
        }
    }
}
