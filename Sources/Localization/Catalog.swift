package import Foundation

/// Every text the product itself writes or says, by language and key.
///
/// A key is the name of the file and the key inside it: `speech.apology` is `apology` in `locales/<language>/speech.json`.
/// Each file is one flat JSON object of strings.
package struct Catalog: Sendable {
    private let messages: [Language: [String: Message]]

    /// Reads `locales/<language>/*.json` below `resources`.
    ///
    /// - Throws: `CatalogError` if a file cannot be read, a text is malformed, or the languages differ in keys or
    ///   placeholders; all defects are named at once.
    package static func load(resources: URL) throws -> Catalog {
        var sources: [Language: [String: String]] = [:]
        for language in Language.allCases {
            sources[language] = try texts(
                in: resources.appendingPathComponent("locales").appendingPathComponent(language.rawValue)
            )
        }
        return try Catalog(sources)
    }

    /// - Throws: `CatalogError` if a text is malformed or the languages differ in keys or placeholders.
    package init(_ sources: [Language: [String: String]]) throws {
        var defects: [String] = []
        var messages: [Language: [String: Message]] = [:]
        for (language, texts) in sources {
            for (key, text) in texts {
                if let message = Message(text) {
                    messages[language, default: [:]][key] = message
                } else {
                    defects.append("\(language.rawValue): \(key): malformed placeholder")
                }
            }
        }
        let german = messages[.de] ?? [:]
        for language in Language.allCases where language != .de {
            let other = messages[language] ?? [:]
            for key in Set(german.keys).union(other.keys) {
                if german[key] == nil {
                    defects.append("de: \(key): missing")
                } else if other[key] == nil {
                    defects.append("\(language.rawValue): \(key): missing")
                } else if german[key]?.placeholders != other[key]?.placeholders {
                    defects.append("\(language.rawValue): \(key): other placeholders than German")
                }
            }
        }
        guard defects.isEmpty else { throw CatalogError(defects: defects.sorted()) }
        self.messages = messages
    }

    /// The message of `key`; nil if the catalog has none.
    package func message(_ key: String, _ language: Language) -> Message? {
        messages[language]?[key]
    }

    /// The text of `key`. A key the catalog lacks is returned itself, so that a screen shows what is missing; texts a
    /// caller hears go through `SpeechTexts`, which refuses at start-up instead.
    package func text(_ key: String, _ language: Language, _ arguments: [String: String] = [:]) -> String {
        message(key, language)?.text(arguments) ?? key
    }

    /// Every key, sorted.
    package var keys: [String] { (messages[.de] ?? [:]).keys.sorted() }

    private static func texts(in folder: URL) throws -> [String: String] {
        let files: [URL]
        do {
            files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        } catch {
            throw CatalogError(defects: ["\(folder.lastPathComponent): folder cannot be read"])
        }
        var texts: [String: String] = [:]
        for file in files where file.pathExtension == "json" {
            let slice = file.deletingPathExtension().lastPathComponent
            do {
                let entries = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: file))
                for (key, text) in entries { texts["\(slice).\(key)"] = text }
            } catch {
                throw CatalogError(
                    defects: ["\(folder.lastPathComponent)/\(file.lastPathComponent): not a flat object of strings"]
                )
            }
        }
        return texts
    }
}

/// What is wrong with the catalog, line by line.
package struct CatalogError: Error, Equatable, CustomStringConvertible {
    package let defects: [String]

    package init(defects: [String]) {
        self.defects = defects
    }

    package var description: String { "catalog: " + defects.joined(separator: "; ") }
}
