import Foundation

/// A message that the next page shows once, carried by a cookie.
struct Flash: Codable, Equatable {
    let key: String
    let arguments: [String: String]

    init(key: String, arguments: [String: String]) {
        self.key = key
        self.arguments = arguments
    }

    /// Nil for anything we did not write: it is shown to the one who sent it, but a stranger's text has no place there.
    init?(cookie: String) {
        guard cookie.utf8.count <= 2_000, let data = Data(base64Encoded: cookie),
            let flash = try? JSONDecoder().decode(Flash.self, from: data)
        else { return nil }
        self = flash
    }

    var cookie: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // A dictionary of strings always encodes.
        return (try? encoder.encode(self))?.base64EncodedString() ?? ""
    }
}
