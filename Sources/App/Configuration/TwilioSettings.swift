package import Kernel
package import Twilio

/// The platform's account at Twilio (decision 23).
package struct TwilioSettings: Sendable {
    package let accountSid: AccountSid
    /// The token in force first; during a rotation the other one after it.
    package let tokens: [Secret]
    package let base: TwilioAPIBase

    package var credentials: TwilioCredentials {
        TwilioCredentials(accountSid: accountSid, token: tokens.first ?? Secret(""))
    }

    init?(_ reader: inout SettingReader) {
        let sidText = reader.text(.twilioAccountSid)
        let sid = sidText.flatMap(AccountSid.init)
        if sidText != nil, sid == nil { reader.refuse(.twilioAccountSid, "setting_account_sid") }
        let tokens = (reader.text(.twilioAuthToken) ?? "").split(separator: ",").map { Secret(String($0)) }
        if tokens.count > 2 { reader.refuse(.twilioAuthToken, "setting_too_many_tokens") }
        let override = reader.baseURL(.twilioAPIBase)
        let region = reader.text(.twilioRegion)
        let edge = reader.text(.twilioEdge)
        let isOwnHost = override == nil || override == "https://api.twilio.com"
        let base: TwilioAPIBase?
        do {
            base = try TwilioAPIBase(override: isOwnHost ? nil : override, region: region, edge: edge)
        } catch {
            base = nil
            reader.refuse(.twilioRegion, error.rawValue)
        }
        guard let sid, !tokens.isEmpty, let base else { return nil }
        accountSid = sid
        self.tokens = tokens
        self.base = base
    }

    /// For the commands that need nothing but the carrier.
    ///
    /// - Throws: `SettingProblems`.
    package init(environment: [String: String]) throws {
        var reader = SettingReader(environment)
        guard let settings = Self(&reader), reader.problems.isEmpty else {
            throw SettingProblems(problems: reader.problems)
        }
        self = settings
    }
}
