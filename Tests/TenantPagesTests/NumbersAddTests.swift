import Foundation
import Kernel
import Localization
import PageTestSupport
import Tenants
import TestSupport
import Testing

struct NumbersAddTests {
    private static let typed = "0732 / 900 100"
    private static let stored = "+43732900100"

    private func fields(_ typed: String, confirmed: String? = stored, flow: String = "none") -> [(String, String)] {
        [("nummer", typed), ("land", "AT"), ("flow", flow)] + (confirmed.map { [("bestaetigt", $0)] } ?? [])
    }

    @Test("F2: while a number is typed, the preview says how it will be stored, or why it cannot be")
    func preview() async throws {
        try await NumbersWorld.run { world in
            let good = try await world.get("/rufnummern/vorschau?nummer=0732%20/%20900100&land=AT")
            #expect(good.contains("Wird gespeichert als"))
            #expect(good.contains("+43 732 900100"))
            #expect(good.contains("(Österreich, Festnetz)"))
            #expect(good.contains(#"name="bestaetigt" value="+43732900100""#))
            #expect(!good.contains("<html"))
            let bad = try await world.get("/rufnummern/vorschau?nummer=112&land=AT")
            #expect(bad.contains("Das ist eine Notrufnummer."))
            #expect(bad.contains("field__error"))
            let unfinished = try await world.get("/rufnummern/vorschau?nummer=06&land=AT")
            #expect(unfinished.contains("field__hint") && !unfinished.contains("field__error"))
            let blank = try await world.get("/rufnummern/vorschau?nummer=%20&land=AT")
            #expect(blank.status == 200 && blank.text.allSatisfy(\.isWhitespace))
            let foreign = try await world.get("/rufnummern/vorschau?nummer=%2B81312345678&land=AT")
            #expect(foreign.contains("(Landesvorwahl +81, Festnetz)"))
        }
    }

    @Test("F2: without a script the number is shown as it will be stored before anything happens")
    func checked() async throws {
        try await NumbersWorld.run { world in
            let page = try await world.post("/rufnummern/neu", fields(Self.typed, confirmed: nil))
            #expect(page.status == 200)
            #expect(page.contains("Stimmt diese Nummer?"))
            #expect(page.contains("+43 732 900100"))
            #expect(page.contains(Self.typed))
            #expect(try await world.owned() == [])
            let other = try await world.post("/rufnummern/neu", fields(Self.typed, confirmed: "+43732900999"))
            #expect(other.contains("Stimmt diese Nummer?"))
            let back = try await world.post("/rufnummern/neu", fields(Self.typed) + [("aendern", "1")])
            #expect(back.contains(#"id="nummer""#) && back.contains(#"value="0732 / 900 100""#))
            #expect(try await world.owned() == [])
        }
    }

    @Test("F2: a confirmed number is verified, claimed and assigned, each with its line in the trail")
    func added() async throws {
        try await NumbersWorld.run { world in
            let answer = try await world.post(
                "/rufnummern/neu",
                fields(Self.typed, flow: world.mine.flow.description)
            )
            #expect(answer.status == 303)
            #expect(answer.location == "/rufnummern/43732900100")
            #expect(answer.saying?.contains("numbers_page.claimed_assigned") == true)
            #expect(try await world.owned() == [Self.stored])
            #expect(try await world.actions() == ["number.claimed", "number.assigned"])
            let again = try await world.post("/rufnummern/neu", fields(Self.typed))
            #expect(again.saying?.contains("numbers_page.already_owned") == true)
        }
    }

    @Test(
        "F2: a refused number keeps what was typed and says what to do",
        arguments: [
            ("06", "Die Nummer ist zu kurz."), ("112", "Das ist eine Notrufnummer."),
            ("0900 123456", "Das ist eine Mehrwertnummer."), ("<b>", "Das ist keine Rufnummer."),
            ("", "Geben Sie die Nummer ein."),
        ]
    )
    func refused(typed: String, explanation: String) async throws {
        try await NumbersWorld.run { world in
            let page = try await world.post("/rufnummern/neu", fields(typed, confirmed: nil))
            #expect(page.status == 422)
            #expect(page.contains(explanation))
            #expect(page.contains(##"href="#nummer""##))
            #expect(page.contains(#"aria-invalid="true""#))
            #expect(page.contains("value=\"\(typed == "<b>" ? "&lt;b&gt;" : typed)\""))
            #expect(!page.contains("<b>\""))
        }
    }

    @Test("A11: a number that the carrier does not hold for us is not added; the check says where it stopped")
    func notAtCarrier() async throws {
        try await NumbersWorld.run { world in
            world.carrier.update { $0 = .holdsNothing }
            let page = try await world.post("/rufnummern/neu", fields(Self.typed))
            #expect(page.status == 422)
            #expect(page.contains("Der Netzbetreiber führt diese Nummer nicht in unserem Konto."))
            #expect(page.contains("Wird gespeichert als +43 732 900100"))
            #expect(page.text.components(separatedBy: #"class="is-open""#).count == 4)
            #expect(page.contains(#"value="0732 / 900 100""#))
            world.carrier.update { $0 = .routesElsewhere }
            let routed = try await world.post("/rufnummern/neu", fields(Self.typed))
            #expect(routed.contains("auf eine andere Anwendung geleitet"))
            #expect(try await world.actions() == [])
        }
    }

    @Test("A11: a carrier that is silent fails nothing and loses nothing")
    func silent() async throws {
        try await NumbersWorld.run { world in
            world.carrier.update { $0 = .isSilent }
            let page = try await world.post("/rufnummern/neu", fields(Self.typed))
            #expect(page.status == 503)
            #expect(page.contains("nicht rechtzeitig geantwortet"))
            #expect(page.contains(#"value="0732 / 900 100""#))
            #expect(try await world.owned() == [])
        }
    }

    @Test("A7: a number of somebody else's is not available, and not said whose it is")
    func taken() async throws {
        try await NumbersWorld.run { world in
            let other = try await world.test.makeTenantWithFlow(E164(Self.stored))
            let page = try await world.post("/rufnummern/neu", fields(Self.typed))
            #expect(page.status == 422)
            #expect(page.contains("Diese Nummer ist nicht verfügbar."))
            #expect(!page.contains("t-\(other.tenant)"))
        }
    }

    @Test("A9: a flow of somebody else's cannot be chosen, and nothing is claimed")
    func foreignFlow() async throws {
        try await NumbersWorld.run { world in
            let other = try await world.test.makeTenantWithFlow()
            let page = try await world.post("/rufnummern/neu", fields(Self.typed, flow: other.flow.description))
            #expect(page.status == 422)
            #expect(page.contains("Diesen Flow gibt es nicht mehr."))
            #expect(try await world.owned() == [])
        }
    }

    @Test("B8: only those who may write numbers add one")
    func roles() async throws {
        try await NumbersWorld.run { world in
            for role in [MemberRole.editor, .agent, .viewer, .billing] {
                try world.become(role)
                #expect(try await world.get("/rufnummern/neu").status == 403)
                #expect(try await world.post("/rufnummern/neu", fields(Self.typed)).status == 403)
            }
            #expect(try await world.owned() == [])
        }
    }

    @Test("The form is there in English too")
    func english() async throws {
        try await NumbersWorld.run { world in
            try world.become(.owner, .en)
            let page = try await world.get("/rufnummern/neu")
            #expect(page.contains("Country for numbers without a country code"))
            #expect(page.contains(#"<option value="AT" selected>Austria</option>"#))
        }
    }
}
