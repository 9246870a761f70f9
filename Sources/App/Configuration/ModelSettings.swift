import Foundation
package import Kernel

/// The language models of the installation.
package struct InstallationModels: Sendable {
    package let baseURL: String
    package let key: Secret?
    package let model: String
    /// Further interfaces by the name tenants choose them with (decision 25).
    package let endpoints: [String: String]

    init?(_ reader: inout SettingReader) {
        let baseURL = reader.baseURL(.llmBaseURL)
        key = reader.secret(.llmAPIKey)
        let model = reader.text(.llmModel)
        endpoints = Self.endpoints(&reader)
        guard let baseURL, let model else { return nil }
        self.baseURL = baseURL
        self.model = model
    }

    private static func endpoints(_ reader: inout SettingReader) -> [String: String] {
        guard let json = reader.text(.llmEndpoints) else { return [:] }
        do {
            let endpoints = try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
            let usable = endpoints.compactMapValues(BaseURL.init).filter { $0.value.isSecure || $0.value.isLoopback }
            if usable.count < endpoints.count { reader.refuse(.llmEndpoints, "setting_endpoints") }
            return usable.mapValues(\.text)
        } catch {
            reader.refuse(.llmEndpoints, "setting_endpoints")
            return [:]
        }
    }
}
