import Kernel
import Numbers
import PhoneNumbers
import Tenants
import TestSupport
import Testing

struct HandOverDestinationTests {
    @Test(
        "18: destinations are checked against countries, emergency, premium and own numbers",
        arguments: [
            ("+43732900200", nil), ("+4915123456789", nil), ("+41446681800", nil), ("+43732900100", .ownNumber),
            ("+43112", .emergency), ("+43900123456", .premium), ("+43810123456", .premium),
            ("+12125551234", .country), ("+390612345678", .country), ("+439", .notANumber), ("+99912345", .notANumber),
        ] as [(String, HandOverDestination.Refusal?)]
    )
    func destinations(text: String, refusal: HandOverDestination.Refusal?) throws {
        let rules = HandOverDestination(
            allowedCountries: ["AT", "DE", "CH"],
            ownNumbers: [try number("+43732900100")]
        )
        #expect(rules.check(try number(text)) == refusal)
    }

    @Test func rulesAreTheTenantsSettingsAndNumbers() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let book = try numberBook(database)
            _ = try await book.claim(tenant, typed: "+43732900100", region: .austria, actor: clerk)
            let rules = try await book.handOverRules(tenant, tenants: TenantBook(database.app))
            #expect(rules?.allowedCountries == ["AT", "DE", "CH", "LI"])
            #expect(rules?.ownNumbers == [try number("+43732900100")])
            #expect(try await book.handOverRules(TenantID(), tenants: TenantBook(database.app)) == nil)
        }
    }
}
