package import Localization

/// What is wrong with one setting.
package struct SettingProblem: Sendable, Equatable {
    package let setting: String
    /// The key of the catalog's explanation, without `command.`.
    package let code: String
    package let arguments: [String: String]

    init(_ setting: Setting, _ code: String, _ arguments: [String: String] = [:]) {
        self.setting = setting.name
        self.code = code
        self.arguments = arguments
    }

    package func text(_ catalog: Catalog, _ language: Language) -> String {
        let arguments = arguments.merging(["setting": setting]) { given, _ in given }
        return catalog.text("command.\(code)", language, arguments)
    }
}

/// Everything that is wrong with the settings, found in one run.
package struct SettingProblems: Error, Sendable {
    package let problems: [SettingProblem]
}
