import Localization
import Mustache

/// The catalog as a template sees it: `{{t.calls.title}}` is the text `calls.title` in the reader's language.
struct Texts: MustacheParent {
    let catalog: Catalog
    let language: Language
    let missing: MissingTags

    func child(named slice: String) -> Any? { Slice(texts: self, name: slice) }

    private struct Slice: MustacheParent {
        let texts: Texts
        let name: String

        func child(named key: String) -> Any? {
            let key = "\(name).\(key)"
            guard let message = texts.catalog.message(key, texts.language) else {
                texts.missing.note("t.\(key)")
                return key
            }
            // A text with placeholders is filled in Swift; in a template it would show its braces.
            if !message.placeholders.isEmpty { texts.missing.note("t.\(key) has placeholders") }
            return message.text()
        }
    }
}
