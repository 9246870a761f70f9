import Testing

@testable import Site

struct ListTests {
    private func state(_ query: String) -> ListState {
        ListState(
            FormValues(query),
            path: "/anrufe",
            filters: [.init("ergebnis", ["solved", "failed"]), .init("zeitraum", ["7d", "30d"], standard: "7d")],
            free: ["von"],
            sorts: ["beginn", "dauer"]
        )
    }

    @Test("Missing parameters mean their defaults, unknown values too")
    func defaults() {
        for query in ["", "ergebnis=&seite=x&sort=drop&zeitraum=%27", "seite=0"] {
            let state = state(query)
            #expect(state.value("ergebnis") == "all")
            #expect(state.filter("ergebnis") == nil)
            #expect(state.value("zeitraum") == "7d")
            #expect(state.page == 1)
            #expect(state.sort == "beginn" && state.isDescending)
            #expect(!state.isNarrowed)
            #expect(state.address() == "/anrufe")
        }
    }

    @Test("A view is written into its address and read back from it")
    func roundTrip() {
        let first = state(
            "q=0664+%26+M%C3%BCller&ergebnis=failed&zeitraum=all&von=2026-11-01&sort=dauer&richtung=auf&seite=3"
        )
        #expect(first.search == "0664 & Müller")
        #expect(first.filter("zeitraum") == nil)
        #expect(first.offset == 50)
        let address = first.address(page: 3)
        let second = state(String(address.split(separator: "?")[1]))
        #expect(second == first)
        #expect(!first.address(setting: ["ergebnis": "all"]).contains("ergebnis"))
    }

    @Test("A spreadsheet reads fields as text, and telephone numbers as they are")
    func csv() {
        #expect(CSV.line(["a", "b;c", "d\"e", "f\ng"]) == "a;\"b;c\";\"d\"\"e\";\"f\ng\"\r\n")
        #expect(CSV.line(["=1+1", "@x", "-x", "+cmd|' /C calc'!A0"]) == "'=1+1;'@x;'-x;'+cmd|' /C calc'!A0\r\n")
        #expect(CSV.line(["+43 664 0000412", "-5"]) == "+43 664 0000412;-5\r\n")
    }

    @Test("A form is read as it was typed")
    func forms() {
        let form = FormValues("a=+x+&b=%C3%A4%26&c&a=2&bad=%FF&pw=%20%20")
        #expect(form.raw("a") == " x ")
        #expect(form.text("a") == "x")
        #expect(form.text("b") == "ä&")
        #expect(form.text("c") == nil)
        #expect(form.all("a") == [" x ", "2"])
        #expect(form.raw("bad") == nil)
        #expect(form.raw("pw") == "  ")
    }
}
