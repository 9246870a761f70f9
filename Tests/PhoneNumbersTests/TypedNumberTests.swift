import Kernel
import PhoneNumbers
import Testing

/// The forms in which people type numbers, one by one; the corpus compares them in bulk.
@Suite struct TypedNumberTests {
    private let parser = PhoneNumberParser()

    private func e164(_ typed: String, _ region: Region = .austria) -> String? {
        try? parser.parse(typed, region: region).get().e164.value
    }

    @Test(
        "One number, however it is spelled",
        arguments: [
            "+43158858", "+43 1 58858", "0043 1 58858", "01 58858", "01/58858", "(01) 58858", "01-588.58",
            "+43 (0)1 58858", "+43(0)1/58858", "0043(0)1 58858", "0043 (0) 1 588 58", "+43 01 58858", "43 (0)1 58858",
            "(+43) 1 58858", "+43 [0] 1 58858", "(0)1 58858", "1 58858", "43158858", "++43 1 58858",
            "＋４３　１　５８８５８", "＋４３（０）１／５８８５８", "٠١ ٥٨٨٥٨", "+٤٣ ١ ٥٨٨٥٨", "01–58858", "01 — 58858",
            "01\u{00A0}58858", "01\u{202F}588\u{2009}58", "01\u{200B}58858", "\u{202A}+43 1 58858\u{202C}",
            "\u{FEFF}01 58858", "01\u{2011}588\u{00AD}58", "𝟎𝟏 𝟓𝟖𝟖𝟓𝟖", "0\u{FE0F}\u{20E3}1 58858",
            "tel:+43-1-58858", "TEL:+43158858", "tel:%2B43158858", "tel:58858;phone-context=+431",
            "tel:01-58858;phone-context=example.com", "tel:+43158858;cpc=ordinary;isub=12", "Tel. 01 58858",
            "Tel: +43 1 58858", "Telefon: 01/58858", "01 58858,", " 01 58858\n",
        ]
    )
    func everySpellingIsTheSameNumber(typed: String) {
        #expect(e164(typed) == "+43158858")
    }

    @Test(
        "Direct-dial digits behind a dash belong to the number",
        arguments: [
            ("0711 / 12345-67", Region.germany, "+497111234567"), ("01/58858-12", .austria, "+4315885812"),
            ("01 58858-0", .austria, "+431588580"), ("+43 1 58858 (0)", .austria, "+431588580"),
            ("+43 1 58858 (12)", .austria, "+4315885812"), ("+49 (0)711 / 12345 – 0", .germany, "+49711123450"),
        ]
    )
    func directDialDigitsAreKept(typed: String, region: Region, expected: String) {
        #expect(e164(typed, region) == expected)
    }

    @Test(
        "Austrian numbers are as short as 01 4000 and as long as 13 digits",
        arguments: [
            ("01 4000", "+4314000"), ("059133", "+4359133"), ("050100", "+4350100"), ("0732 7720", "+437327720"),
            ("0664 1234567", "+436641234567"), ("0664 12345678901", nil), ("01 588580012345", "+431588580012345"),
        ] as [(String, String?)]
    )
    func austrianLengths(typed: String, expected: String?) {
        #expect(e164(typed) == expected)
    }

    @Test(
        "A bracketed zero is the trunk prefix, unless the country's numbers begin with it",
        arguments: [
            ("+39 (0)6 69812345", "+390669812345"), ("+39 (0)331234567", "+390331234567"),
            ("+45 (0)33 12 34 56", "+4533123456"), ("+41 (0)44 668 18 00", "+41446681800"),
            ("49 (0)89 1234567", "+49891234567"), ("41 (0)44 668 18 00", "+41446681800"),
            ("+44 (0)20 7946 0018", "+442079460018"),
        ]
    )
    func bracketedZero(typed: String, expected: String) {
        #expect(e164(typed) == expected)
    }

    @Test("The region decides what a national number means")
    func regionDecides() {
        #expect(e164("044 668 18 00", .switzerland) == "+41446681800")
        #expect(e164("235 12 34", .liechtenstein) == "+4232351234")
        #expect(e164("089 1234567", .germany) == "+49891234567")
        #expect(e164("011 43 1 58858", Region("US") ?? .austria) == "+43158858")
        #expect(e164("+43 1 58858", Region("JP") ?? .austria) == "+43158858")
    }

    @Test("What was typed is kept beside the number and shown nowhere by accident")
    func typedIsKept() throws {
        let number = try parser.parse(" 0043 (0)1 / 58858", region: .austria).get()
        #expect(number.typed == " 0043 (0)1 / 58858")
        #expect(number.region == "AT")
        #expect("\(number)" == "+…858 fixed_line")
        #expect(String(reflecting: number) == "+…858 fixed_line")
    }

    @Test(
        "Kinds are told apart",
        arguments: [
            ("0800 123456", PhoneNumber.Kind.tollFree), ("0810 123456", .sharedCost), ("0664 1234567", .mobile),
            ("01 58858", .fixedLine), ("050100", .voip), ("0780 123456", .voip),
            ("+1 202 456 1111", .fixedLineOrMobile),
        ]
    )
    func kinds(typed: String, kind: PhoneNumber.Kind) throws {
        #expect(try parser.parse(typed, region: .austria).get().kind == kind)
    }

    @Test("A number of no country has no region")
    func numberOfNoCountry() throws {
        let number = try parser.parse("+800 1234 5678", region: .austria).get()
        #expect(number.e164.value == "+80012345678")
        #expect(number.region == nil)
    }

    @Test("Regions are those of the metadata")
    func regions() {
        #expect(Region("at")?.code == "AT")
        #expect(Region("XK")?.code == "XK")
        for code in ["", "A", "UK", "ZZ", "EU", "001", "AUT", "ß", "A\u{308}"] {
            #expect(Region(code) == nil, "\(code)")
        }
    }

    @Test("The parser may be used from many tasks at once")
    func concurrentUse() async {
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let typed = index.isMultiple(of: 2) ? "0043 (0)1 58858" : "112"
                    let number = try? PhoneNumberParser().parse(typed, region: .austria).get()
                    return number?.e164.value == (index.isMultiple(of: 2) ? "+43158858" : nil)
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
