package import Foundation
package import Localization
import Mustache

/// The templates of all pages: `Resources/templates/<slice>/<name>.mustache`, known as `<slice>/<name>`, and those of
/// the folder `layout` by their name alone, because the engine closes an inherited template by a name without a slash.
package struct Templates: Sendable {
    private let library: MustacheLibrary
    private let names: Set<String>
    private let catalog: Catalog

    /// Reads every template below `folder` and checks that each partial it names exists: the engine renders a missing
    /// one as nothing.
    ///
    /// - Throws: `TemplateError` with everything that is wrong.
    package init(folder: URL, catalog: Catalog) throws {
        var templates: [String: MustacheTemplate] = [:]
        var partials: [String: [String]] = [:]
        var defects: [String] = []
        let root = folder.resolvingSymlinksInPath().path + "/"
        let files = FileManager.default.enumerator(
            at: folder.resolvingSymlinksInPath(),
            includingPropertiesForKeys: nil
        )
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "mustache" else { continue }
            let path = String(file.path.dropFirst(root.count).dropLast(".mustache".count))
            let name = path.hasPrefix("layout/") ? String(path.dropFirst("layout/".count)) : path
            do {
                let text = try String(contentsOf: file, encoding: .utf8)
                templates[name] = try MustacheTemplate(string: text)
                partials[name] = Self.partials(in: text)
            } catch {
                defects.append("\(name): \(error)")
            }
        }
        if templates.isEmpty { defects.append("no templates in \(folder.path)") }
        for (name, wanted) in partials {
            for partial in wanted where templates[partial] == nil { defects.append("\(name): no partial \(partial)") }
        }
        guard defects.isEmpty else { throw TemplateError(defects: defects.sorted()) }
        library = MustacheLibrary(templates: templates)
        names = Set(templates.keys)
        self.catalog = catalog
    }

    /// - Returns: the page, and the tags it asked for in vain.
    func render(_ name: String, _ model: Model, _ language: Language) -> (html: String, missing: [String]) {
        let missing = MissingTags()
        guard names.contains(name) else { return ("", ["no template \(name)"]) }
        let root = Root(
            model: model,
            texts: Texts(catalog: catalog, language: language, missing: missing),
            missing: missing
        )
        let html = library.render(root, withTemplate: name) ?? ""
        return (html, missing.all)
    }

    /// Names after `{{>` and `{{<`.
    private static func partials(in text: String) -> [String] {
        text.components(separatedBy: "{{").dropFirst().compactMap { tag in
            guard let sigil = tag.first, sigil == ">" || sigil == "<" else { return nil }
            let name = tag.dropFirst().prefix { $0 != "}" }.trimmingCharacters(in: .whitespaces)
            return name.hasPrefix("*") ? nil : name
        }
    }
}

/// The outermost context of a page. The engine asks it last, so a name it does not know is a mistake in the template.
private struct Root: MustacheParent {
    let model: Model
    let texts: Texts
    let missing: MissingTags

    func child(named name: String) -> Any? {
        if name == "t" { return texts }
        if let value = model.child(named: name) { return value }
        missing.note(name)
        return nil
    }
}

package struct TemplateError: Error, CustomStringConvertible {
    package let defects: [String]

    package var description: String { "templates: " + defects.joined(separator: "; ") }
}
