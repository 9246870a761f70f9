import Foundation
import Kernel

/// The signature check as a line protocol, so that an independent implementation can drive it.
package enum SignatureJudge {
    /// Answers `{"valid":true}` or `{"valid":false}`, or `{"error":"malformed"}` if the line is not understood.
    ///
    /// - Parameter line: a JSON object with `header`, `url`, `token` (a text or a list of texts) and one of
    ///   `params` (a list of pairs: a form request), `body` (a text: any other request) and `"handshake": true`.
    package static func respond(line: String) -> String {
        let question: Question
        do {
            question = try JSONDecoder().decode(Question.self, from: Data(line.utf8))
        } catch {
            return #"{"error":"malformed"}"#
        }
        return #"{"valid":\#(question.isValid)}"#
    }

    private struct Question: Decodable {
        let header: String
        let url: String
        let token: Tokens
        let params: [[String]]?
        let body: String?
        let handshake: Bool?

        var isValid: Bool {
            if handshake == true {
                return TwilioSignature.isValidHandshake(header: header, url: url, tokens: token.list)
            }
            if let body {
                return TwilioSignature.isValid(header: header, url: url, body: Array(body.utf8), tokens: token.list)
            }
            let pairs = (params ?? []).map { ($0.first ?? "", $0.dropFirst().first ?? "") }
            return TwilioSignature.isValid(header: header, url: url, parameters: pairs, tokens: token.list)
        }
    }

    private struct Tokens: Decodable {
        let list: [Secret]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            do {
                list = [Secret(try container.decode(String.self))]
            } catch DecodingError.typeMismatch {
                list = try container.decode([String].self).map { Secret($0) }
            }
        }
    }
}
