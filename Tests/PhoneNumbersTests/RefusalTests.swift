import Kernel
import PhoneNumbers
import Testing

@Suite struct RefusalTests {
    private func refusal(_ typed: String, _ region: Region = .austria) -> PhoneNumberRefusal? {
        if case .failure(let refusal) = PhoneNumberParser().parse(typed, region: region) { refusal } else { nil }
    }

    @Test(
        "Extensions are refused",
        arguments: [
            "01 58858 ext. 12", "01 58858 ext 12", "+43 1 58858 x12", "tel:+43158858;ext=12", "01 58858;ext=12",
            "01 58858 DW 12", "01 58858-DW12", "01 58858 (DW 12)", "01 58858 Dw.: 12", "01 58858 Durchwahl 12",
            "01 58858 Kl. 12", "01 58858 Kl.12", "01 58858 Klappe 12", "01 58858 KLAPPE 12", "01 58858 / 12 DW",
            "01 58858 App. 12", "01 58858 Nebenstelle 12", "01 58858 #12", "01 58858,12", "01 58858,,12",
            "01 58858 ＥＸＴ. １２", "DW 12", "Tel: 01 58858; DW 12", "+43158858p12", "tel:+43158858;postd=pp12",
        ]
    )
    func extensions(typed: String) {
        #expect(refusal(typed) == .extension)
    }

    @Test(
        "Emergency numbers are refused, also behind the country code and also the neighbours'",
        arguments: [
            ("112", Region.austria), ("122", .austria), ("133", .austria), ("144", .austria), ("1 4 4", .austria),
            ("140", .austria), ("147", .austria), ("110", .austria), ("117", .austria), ("+43 112", .austria),
            ("0043 133", .austria), ("+43 141", .germany), ("١١٢", .austria), ("110", .germany), ("112", .germany),
            ("122", .germany), ("+49 110", .austria), ("117", .switzerland), ("118", .switzerland),
            ("112", .liechtenstein), ("911", Region("US") ?? .austria), ("911 5", Region("US") ?? .austria),
        ]
    )
    func emergencies(typed: String, region: Region) {
        #expect(refusal(typed, region) == .emergency)
    }

    @Test(
        "Short numbers of services are refused",
        arguments: [
            ("1450", Region.austria), ("118877", .austria), ("116117", .austria), ("+43 116 117", .germany),
            ("120", .austria), ("115", .germany), ("116117", .germany), ("11833", .germany), ("1414", .switzerland),
            ("143", .switzerland), ("1811", .switzerland),
        ]
    )
    func services(typed: String, region: Region) {
        #expect(refusal(typed, region) == .service)
    }

    @Test(
        "Premium numbers are refused with a reason of their own",
        arguments: [
            ("0900 123456", Region.austria), ("0930 123456", .austria), ("0900 1 123456", .germany),
            ("0900 123456", .switzerland), ("+43 (0)900 123456", .germany),
        ]
    )
    func premium(typed: String, region: Region) {
        #expect(refusal(typed, region) == .premiumRate)
    }

    @Test("Every other reason")
    func reasons() {
        let expected: [(String, PhoneNumberRefusal)] = [
            ("", .empty), (" \u{00A0}\n", .empty),
            ("+", .notANumber), ("---", .notANumber), ("01 58858 ☎", .notANumber), ("01_58858", .notANumber),
            ("\u{200B}", .notANumber), ("tel:", .notANumber), ("01:58858", .notANumber), (",01 58858", .notANumber),
            ("01 58858 Büro", .letters), ("Herr Maier", .letters), ("0800 FLOWERS", .letters), ("O1 58858", .letters),
            ("0664 xxx xx", .letters), ("client:alice", .letters), ("+Tel 43", .letters),
            ("01 58858, 0664 1234567", .severalNumbers), ("01 58858 oder 0664 1234567", .severalNumbers),
            ("+43 1 58858 +43 1 58859", .severalNumbers), ("01 58858; +43 664 1234567", .severalNumbers),
            ("Tel: 01 58858; Fax 01 58859", .letters),
            ("sip:+43158858@example.com", .sipURI), ("SIPS:büro@example.com", .sipURI), ("büro@example.com", .sipURI),
            ("sip:1234", .sipURI),
            ("anonymous", .withheld), ("Restricted", .withheld), ("+266696687", .withheld), ("+86282452253", .withheld),
            ("*31#01 58858", .dialCode), ("#31#01 58858", .dialCode), ("*111", .dialCode), ("01*58858", .dialCode),
            ("+43 1", .tooShort), ("0043", .tooShort), ("1", .notANumber),
            ("01 58858 / 0664 1234567", .tooLong), ("+43 1 5885812345678901", .tooLong),
            (String(repeating: "1", count: 33), .tooLong), (String(repeating: " ", count: 1_001), .tooLong),
            ("588", .areaCodeMissing),
            ("+999 123456", .invalidCountryCode), ("+210 123456", .invalidCountryCode),
            ("+43 1 0123456", .invalidForRegion), ("58858", .invalidForRegion),
        ]
        for (typed, reason) in expected {
            #expect(refusal(typed) == reason, "\(typed.debugDescription)")
        }
    }

    @Test("A number that the German plan allows but E.164 cannot hold is too long")
    func longerThanE164() {
        #expect(refusal("030 1234567890123", .germany) == .tooLong)
    }

    @Test("Codes are stable: the catalog and other programs know them")
    func codes() {
        #expect(
            PhoneNumberRefusal.allCases.map(\.rawValue) == [
                "empty", "not_a_number", "letters", "several_numbers", "sip_uri", "withheld", "extension", "dial_code",
                "too_short", "too_long", "area_code_missing", "invalid_country_code", "invalid_for_region", "emergency",
                "service", "premium_rate", "internal_error",
            ]
        )
    }

    @Test("Any text whatever ends in a number or a reason")
    func arbitraryTexts() {
        var random = Lottery(state: 20)
        let alphabet: [Character] = Array("0123456789+()-/.,;:*#~ xX٣\u{200B}\u{0}é©'\"%@=&dwextlkap\u{1F4DE}")
        for _ in 0..<4_000 {
            let length = Int.random(in: 0...24, using: &random)
            let typed = String((0..<length).map { _ in alphabet.randomElement(using: &random) ?? "0" })
            switch PhoneNumberParser().parse(typed, region: .austria) {
            case .success(let number): #expect(number.typed == typed)
            case .failure(let refusal): #expect(refusal != .internalError)
            }
        }
    }
}

/// A repeatable generator (SplitMix64).
struct Lottery: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
