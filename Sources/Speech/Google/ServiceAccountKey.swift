import Foundation
import Kernel

/// The parts of a service account's key file that are needed, as Google's console writes it.
package struct ServiceAccountKey: Sendable {
    /// Why a key cannot be used; the text of the key is never repeated.
    package enum Problem: String, Error, Sendable, Hashable {
        case unreadableFile = "unreadable_file"
        case notJSON = "not_json"
        case notServiceAccount = "not_a_service_account"
        case missingField = "missing_field"
        case tokenURI = "token_uri"
        case privateKey = "private_key"
    }

    package let projectID: String
    let clientEmail: String
    let privateKey: Secret
    let privateKeyID: String?
    package let tokenURI: String

    private struct File: Decodable {
        let type: String?
        let projectId: String?
        let clientEmail: String?
        let privateKey: String?
        let privateKeyId: String?
        let tokenUri: String?
    }

    /// - Parameter setting: the JSON itself, or the path of a file that holds it. JSON begins with a brace.
    package init(setting: String) throws(Problem) {
        let text = setting.trimmingCharacters(in: .whitespacesAndNewlines)
        if text.hasPrefix("{") {
            try self.init(json: Data(text.utf8))
        } else {
            let data: Data
            do {
                data = try Data(contentsOf: URL(fileURLWithPath: text))
            } catch {
                throw .unreadableFile
            }
            try self.init(json: data)
        }
    }

    private init(json: Data) throws(Problem) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let file: File
        do {
            file = try decoder.decode(File.self, from: json)
        } catch {
            throw .notJSON
        }
        guard file.type == "service_account" else { throw .notServiceAccount }
        guard let projectID = file.projectId, let email = file.clientEmail, let key = file.privateKey,
            !projectID.isEmpty, !email.isEmpty, !key.isEmpty
        else { throw .missingField }
        let tokenURI = file.tokenUri ?? "https://oauth2.googleapis.com/token"
        guard let url = URL(string: tokenURI), let scheme = url.scheme, ["http", "https"].contains(scheme),
            url.host != nil
        else { throw .tokenURI }
        self.projectID = projectID
        clientEmail = email
        privateKey = Secret(key)
        privateKeyID = file.privateKeyId
        self.tokenURI = tokenURI
    }
}
