package import Kernel

extension E164 {
    /// As people read it: country code, area and number in the groups of its country, `+43 664 0000990`. A number that
    /// no country has, which may be, stays as it is.
    package var international: String {
        guard let spelled = PhoneNumberLibrary.international(value) else { return value }
        // A spelling must still be this very number.
        return spelled.utf8.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "-") }.elementsEqual(value.utf8)
            ? spelled : value
    }
}
