import Foundation
package import Mail

/// Where our mail goes and whom it comes from.
package struct MailSettings: Sendable {
    package let server: SMTPServer
    package let sender: MailAddress

    init?(_ reader: inout SettingReader) {
        let url = reader.text(.mailURL)
        let password = reader.secret(.mailPassword)
        let sender = Self.sender(&reader)
        let caFile = Self.certificates(&reader)
        let encryption = reader.text(.mailTLS).flatMap(SMTPServer.Encryption.init)
        guard let encryption else {
            reader.refuse(.mailTLS, "setting_mail_tls")
            return nil
        }
        guard let url else { return nil }
        do {
            server = try SMTPServer(url: url, password: password, tls: encryption, caFile: caFile)
        } catch {
            let setting: Setting =
                switch error {
                case .url, .passwordInURL: .mailURL
                case .credentials: .mailPassword
                case .credentialsInClear, .clearToOthers: .mailTLS
                }
            reader.refuse(setting, error.rawValue, ["other": Setting.mailURL.name])
            return nil
        }
        guard let sender else { return nil }
        self.sender = sender
    }

    /// A file with at least one certificate; what is in it besides is the mail server's check to judge.
    private static func certificates(_ reader: inout SettingReader) -> String? {
        guard let path = reader.text(.mailCAFile) else { return nil }
        do {
            let text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
            if !text.contains("-----BEGIN CERTIFICATE-----") { reader.refuse(.mailCAFile, "setting_certificates") }
        } catch {
            reader.refuse(.mailCAFile, "setting_certificates")
        }
        return path
    }

    private static func sender(_ reader: inout SettingReader) -> MailAddress? {
        guard let text = reader.text(.mailFrom) else { return nil }
        do {
            return try MailAddress(mailbox: text)
        } catch {
            reader.refuse(.mailFrom, "setting_mail_from")
            return nil
        }
    }
}
