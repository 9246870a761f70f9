import Kernel

/// Reads settings one by one and gathers what is wrong instead of stopping at the first.
struct SettingReader {
    private let environment: [String: String]
    private(set) var problems: [SettingProblem] = []

    init(_ environment: [String: String]) {
        self.environment = environment
    }

    mutating func refuse(_ setting: Setting, _ code: String, _ arguments: [String: String] = [:]) {
        problems.append(SettingProblem(setting, code, arguments))
    }

    /// The value or its default; nil if it is empty. A missing required value is a problem.
    mutating func text(_ setting: Setting) -> String? {
        if let value = environment[setting.name], !value.isEmpty { return value }
        switch setting.need {
        case .required:
            refuse(setting, "setting_missing")
            return nil
        case .optional(let value): return value.isEmpty ? nil : value
        case .command: return nil
        }
    }

    mutating func secret(_ setting: Setting) -> Secret? { text(setting).map(Secret.init) }

    /// A whole number in `range`; the lower bound after a problem.
    mutating func number(_ setting: Setting, in range: ClosedRange<Int>) -> Int {
        guard let text = text(setting) else { return range.lowerBound }
        guard let number = Int(text), range.contains(number) else {
            refuse(setting, "setting_number", ["least": "\(range.lowerBound)", "most": "\(range.upperBound)"])
            return range.lowerBound
        }
        return number
    }

    /// An address with `https://`, or with `http://` on the loopback interface; without a slash at the end.
    mutating func baseURL(_ setting: Setting) -> String? {
        guard let text = text(setting) else { return nil }
        guard let url = BaseURL(text) else {
            refuse(setting, "setting_url")
            return nil
        }
        guard url.isSecure || url.isLoopback else {
            refuse(setting, "setting_url_plain")
            return nil
        }
        return url.text
    }
}
