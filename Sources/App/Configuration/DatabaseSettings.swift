package import Database
package import Kernel

/// The logins to PostgreSQL.
package struct DatabaseSettings: Sendable {
    package let url: Secret
    package let platformURL: Secret
    package let poolSize: Int

    package var configuration: DatabaseConfiguration {
        DatabaseConfiguration(url: url, platformURL: platformURL, poolSize: poolSize)
    }

    init?(_ reader: inout SettingReader) {
        let url = reader.secret(.databaseURL)
        let platformURL = reader.secret(.databasePlatformURL)
        poolSize = reader.number(.databasePoolSize, in: 1...100)
        let owner = reader.secret(.databaseOwnerURL)
        if let url, url == platformURL {
            reader.refuse(.databasePlatformURL, "setting_same_login", ["other": Setting.databaseURL.name])
        }
        if let owner, owner == url || owner == platformURL {
            reader.refuse(.databaseOwnerURL, "setting_same_login", ["other": Setting.databaseURL.name])
        }
        guard let url, let platformURL else { return nil }
        self.url = url
        self.platformURL = platformURL
    }

    /// For the commands that need nothing but the database.
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
