import Kernel
import PhoneNumbers
import Testing

struct InternationalTests {
    @Test(
        "a number is shown with spaces between its parts, and never changes",
        arguments: [
            ("+436640000990", "+43 664 0000990"), ("+4315880012", "+43 1 5880012"), ("+43316000245", "+43 316 000245"),
            ("+491713920047", "+49 171 3920047"), ("+41440000123", "+41 44 000 01 23"),
        ]
    )
    func international(stored: String, shown: String) throws {
        #expect(try #require(E164(stored)).international == shown)
    }

    @Test func unknownNumbersKeepTheirDigits() throws {
        for stored in ["+999123456789", "+431", "+43664000099012345"[...].prefix(16).description] {
            let number = try #require(E164(stored))
            #expect(number.international.filter { $0 != " " && $0 != "-" } == stored)
        }
    }
}
