import Foundation
import FoundationXML
import Testing

@testable import Credentials

@Suite("QR codes")
struct QRCodeTests {
    @Test(arguments: [
        "otpauth://totp/VoiceAgent:anna%40example.org?secret=GEZDGNBVGY3TQOJQ", "ü", String(repeating: "x", count: 500),
    ])
    func thePathDrawsExactlyTheDarkModules(text: String) throws {
        let code = try QRCode(text)
        let drawn = try Self.modules(of: code.svg(moduleClass: "qr-modules", title: "Code"))
        for row in -4..<code.width + 4 {
            for column in -4..<code.width + 4 {
                let isInside = 0..<code.width ~= row && 0..<code.width ~= column
                #expect(drawn.contains([column, row]) == (isInside && code.isDark(column, row)))
            }
        }
    }

    @Test func aCodeHasItsThreeFinders() throws {
        let code = try QRCode("https://example.org")
        let last = code.width - 1
        for (column, row) in [(0, 0), (last - 6, 0), (0, last - 6)] {
            for offset in 0..<7 {
                #expect(code.isDark(column + offset, row))
                #expect(code.isDark(column, row + offset))
            }
            #expect(!code.isDark(column + 1, row + 1))
            #expect(code.isDark(column + 3, row + 3))
        }
    }

    @Test func theDrawingPassesAStrictPolicyAndIsNamed() throws {
        let code = try QRCode("https://example.org")
        let svg = code.svg(moduleClass: "qr", title: "Code für <Anna> & \"Co\"")
        let document = try XMLDocument(xmlString: svg)
        let root = try #require(document.rootElement())
        let side = code.width + 8
        #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(side) \(side)\" role=\"img\""))
        #expect(root.elements(forName: "title").first?.stringValue == "Code für <Anna> & \"Co\"")
        #expect(root.elements(forName: "path").count == 1)
        #expect(!svg.contains("style"))
        #expect(!svg.contains("<Anna>"))
    }

    @Test func whatDoesNotFitIsRefused() throws {
        #expect(throws: QRCode.Failure.tooLong) { try QRCode(String(repeating: "x", count: 2_332)) }
        #expect(throws: QRCode.Failure.tooLong) { try QRCode("") }
        #expect(try QRCode(String(repeating: "x", count: 2_331)).width == 177)
    }

    /// The modules that the path covers, without the margin.
    private static func modules(of svg: String) throws -> Set<[Int]> {
        let path = try #require(svg.split(separator: " d=\"").last?.split(separator: "\"").first)
        var modules = Set<[Int]>()
        for bar in path.split(separator: "M") {
            let numbers = bar.split { !$0.isNumber }.compactMap { Int($0) }
            try #require(numbers.count == 5)
            for column in numbers[0]..<numbers[0] + numbers[2] {
                modules.insert([column - 4, numbers[1] - 4])
            }
        }
        return modules
    }
}
