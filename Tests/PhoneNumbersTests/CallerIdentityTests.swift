import Kernel
import PhoneNumbers
import Testing

@Suite struct CallerIdentityTests {
    @Test(
        "A withheld caller is no number and no error",
        arguments: [
            "anonymous", "Anonymous", "ANONYMOUS", "restricted", "unavailable", "unknown", "Blocked", "private", "",
            "  ", "+266696687", "266696687", "+7378742883", "+2562533", "+8656696", "+86282452253",
            "sip:anonymous@anonymous.invalid", "\"Anonymous\" <sip:anonymous@anonymous.invalid>",
            "sip:c8oqz84zk7z@anonymous.invalid;tag=1", "sip:unknown@10.0.0.1", "???", "+", "+43112", "12",
        ]
    )
    func withheld(from: String) {
        #expect(CallerIdentity.parse(from) == .withheld)
    }

    @Test(
        "A number is kept in E.164",
        arguments: [
            ("+43158858", "+43158858"), (" +43 1 58858 ", "+43158858"), ("0043158858", "+43158858"),
            ("+4306641234567", "+436641234567"), ("tel:+43158858", "+43158858"),
            ("+431588580012345", "+431588580012345"), ("+431450", "+431450"), ("+49900123456", "+49900123456"),
            ("+2904000", "+2904000"),
        ]
    )
    func number(from: String, e164: String) {
        #expect(CallerIdentity.parse(from).e164?.value == e164)
    }

    @Test(
        "A number that our metadata do not know is not refused as a caller",
        arguments: ["+41721234567", "+43199999", "+15552345678", "+38349999999", "+2101234567", "+999123456789"]
    )
    func unknownNumber(from: String) {
        #expect(CallerIdentity.parse(from).e164?.value == from)
    }

    @Test(
        "Addresses are understood as no number",
        arguments: ["sip:alice@example.com", "sips:+43158858@example.com", "client:alice", "alice@example.com"]
    )
    func addresses(from: String) {
        #expect(CallerIdentity.parse(from) == .sip(from))
        #expect(CallerIdentity.parse(from).e164 == nil)
    }

    @Test("A national number is one only where the trunk's region is known")
    func nationalNumber() {
        #expect(CallerIdentity.parse("01 58858") == .withheld)
        #expect(CallerIdentity.parse("01 58858", region: .austria).e164?.value == "+43158858")
        #expect(CallerIdentity.parse("anonymous", region: .austria) == .withheld)
    }

    @Test("An endless address is cut")
    func longAddress() {
        let address = "sip:" + String(repeating: "a", count: 5_000) + "@example.com"
        #expect(CallerIdentity.parse(address) == .sip(String(address.prefix(255))))
        #expect(CallerIdentity.parse("+" + String(repeating: "4", count: 5_000)) == .withheld)
    }

    @Test("A log line shows no caller")
    func masking() {
        #expect("\(CallerIdentity.parse("+43158858"))" == "+…858")
        #expect("\(CallerIdentity.parse("sip:alice@example.com"))" == "sip:…")
        #expect(String(reflecting: CallerIdentity.withheld) == "withheld")
    }
}
