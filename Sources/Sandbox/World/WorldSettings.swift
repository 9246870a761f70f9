package import Foundation
package import Kernel

/// How a sandbox world is set up.
package struct WorldSettings: Sendable {
    /// 0 takes a free port.
    package var httpPort: Int
    package var grpcPort: Int
    package var smtpPort: Int
    /// For mail that is encrypted from the first byte on.
    package var smtpsPort: Int
    package var host: String
    package var accountSid: String
    package var authToken: Secret
    /// The key of the chat-completions model.
    package var modelKey: Secret
    /// Who may bring mail; nil is everybody.
    package var smtpUser: String?
    package var smtpPassword: Secret
    package var googleLocation: String
    package var voice: SynthesisVoice
    package var pace: Double
    package var abnormalEnd: DialPlan.AbnormalEnd
    package var numbers: [String]
    /// Keeps the service account and the numbers over restarts.
    package var stateDirectory: URL?
    /// A service-account key to accept instead of a fresh one.
    package var credentials: Data?

    package init() {
        httpPort = 0
        grpcPort = 0
        smtpPort = 0
        smtpsPort = 0
        host = "127.0.0.1"
        accountSid = "AC00000000000000000000000000000000"
        authToken = Secret("sandbox-auth-token-0123456789abcdef")
        modelKey = Secret("sk-sandbox-model-key")
        smtpUser = nil
        smtpPassword = Secret("")
        googleLocation = "eu"
        voice = .modem
        pace = 1
        abnormalEnd = .action
        numbers = []
        stateDirectory = nil
        credentials = nil
    }

    var postCredentials: SMTPDialog.Credentials? {
        smtpUser.map { SMTPDialog.Credentials(user: $0, password: smtpPassword) }
    }

    package var account: CarrierAccount { CarrierAccount(sid: accountSid, authToken: authToken) }
}
