import Foundation
import Testing

@testable import Credentials

@Suite("Recovery codes (B5)")
struct RecoveryCodeTests {
    @Test("B5: ten different codes of 120 bits, in six groups of four")
    func shape() {
        let codes = RecoveryCodes.make()
        #expect(codes.count == 10)
        #expect(Set(codes.map(\.hash)).count == 10)
        for code in codes {
            let groups = code.reveal().split(separator: "-")
            #expect(groups.count == 6)
            #expect(groups.allSatisfy { $0.count == 4 })
            #expect(code.hash.count == 32)
            #expect(!code.reveal().contains { "ILOU".contains($0) })
        }
    }

    @Test("B5: a code is read however people type it")
    func typing() throws {
        for code in RecoveryCodes.make() {
            let text = code.reveal()
            let spellings = [
                text, text.lowercased(), text.replacing("-", with: ""), text.replacing("-", with: " "),
                text.replacing("-", with: " – "), "  \(text)\n", text.replacing("0", with: "O"),
                text.replacing("0", with: "o"), text.replacing("1", with: "I"), text.replacing("1", with: "l"),
            ]
            for spelling in spellings {
                #expect(RecoveryCode(typed: spelling)?.hash == code.hash)
            }
        }
    }

    @Test("B5: anything else is no code")
    func others() {
        let text = RecoveryCode().reveal()
        for typed in ["", "-", String(text.dropLast()), text + "0", String(text.dropLast()) + "U", text + text] {
            #expect(RecoveryCode(typed: typed) == nil)
        }
        #expect(RecoveryCode(typed: String(repeating: " ", count: 10_000)) == nil)
    }

    @Test func aCodeIsNotPrinted() {
        let code = RecoveryCode()
        #expect(!"\(code)\(String(reflecting: code))".contains(code.reveal().prefix(4)))
    }
}
