import Foundation
import Testing

@testable import Twilio

@Suite struct Base64Tests {
    @Test func bytesOfEveryLengthSurviveBothWays() {
        var random = SeededGenerator(seed: 1)
        for length in 0...300 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            let text = Data(bytes).base64EncodedString()
            #expect(encode(bytes) == text)
            #expect(decode(text) == bytes)
        }
    }

    @Test(
        "What is not strict base64 is refused",
        arguments: [
            "A", "AA", "AAA", "AAAAA", "====", "A===", "AA=A", "=AAA", "AA==AAAA", "AAA=AAAA", "AA\n=", "AAA ", "AA-_",
            "AB==", "AAB=", "AA=", "AAAA=", "AAAA====", "A\u{E4}A",
        ]
    )
    func refused(text: String) {
        #expect(decode(text) == nil)
    }

    @Test func everyByteOutsideTheAlphabetIsRefusedInEveryPlace() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for byte in UInt8.min...UInt8.max where !alphabet.contains(byte) {
            for place in 0..<4 {
                var text = Array("AAAAAAAAAAAA".utf8)
                text[place] = byte
                #expect(decode(text) == nil)
            }
        }
    }

    private func encode(_ bytes: [UInt8]) -> String {
        var text = [UInt8](repeating: 0, count: Base64.encodedCount(of: bytes.count))
        _ = bytes.withUnsafeBytes { bytes in text.withUnsafeMutableBytes { Base64.encode(bytes, into: $0) } }
        return String(decoding: text, as: UTF8.self)
    }

    private func decode(_ text: String) -> [UInt8]? { decode(Array(text.utf8)) }

    private func decode(_ text: [UInt8]) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: Base64.decodedBound(of: text.count))
        let count = text.withUnsafeBytes { text in bytes.withUnsafeMutableBytes { Base64.decode(text, into: $0) } }
        return count.map { Array(bytes.prefix($0)) }
    }
}
