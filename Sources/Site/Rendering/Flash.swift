import Foundation

/// A message that the next page shows once, carried by a cookie.
struct Flash: Equatable {
    let key: String
    let arguments: [String: String]

    init(key: String, arguments: [String: String]) {
        self.key = key
        self.arguments = arguments
    }

    /// Nil for anything we did not write: it is shown to the one who sent it, but a stranger's text has no place there.
    init?(cookie: String) {
        guard cookie.utf8.count <= 2_000, let data = Data(base64Encoded: cookie),
            let text = String(bytes: data, encoding: .utf8)
        else { return nil }
        let form = FormValues(text)
        guard let key = form.text("key") else { return nil }
        self.key = key
        arguments = Dictionary(zip(form.all("name"), form.all("value"))) { first, _ in first }
    }

    var cookie: String {
        let fields = arguments.sorted { $0.key < $1.key }.flatMap { [("name", $0.key), ("value", $0.value)] }
        return Data(FormValues.query([("key", key)] + fields).utf8).base64EncodedString()
    }
}
