import Kernel

/// Reads the numbers that people type: strict, for a tenant's own numbers and for the targets of hand-overs.
///
/// National and international spellings are understood as somebody in the given region would dial them, by
/// libphonenumber's rules; extensions and `(0)` are settled before the library sees the number. Stateless and safe
/// from any thread; a valid number costs about 30 µs.
package struct PhoneNumberParser: Sendable {
    package init() {}

    /// The subscriber's number that `typed` means in `region`, or why there is none.
    package func parse(_ typed: String, region: Region) -> Result<PhoneNumber, PhoneNumberRefusal> {
        Result { () throws(PhoneNumberRefusal) in
            let dial = try DialString(typed)
            let number = try Self.number(dial, region: region)
            guard number.kind != .premiumRate else { throw .premiumRate }
            // Germany's plan has room for 15 digits behind +49; the international network does not.
            guard let e164 = E164(number.e164) else { throw .tooLong }
            let isGeographic = number.region != Self.worldRegion && !number.region.isEmpty
            return PhoneNumber(
                e164: e164,
                typed: typed,
                region: isGeographic ? number.region : nil,
                kind: number.kind
            )
        }
    }

    /// The library's "region" of calling codes without a country.
    private static let worldRegion = "001"

    /// Foreign emergency numbers of these countries are named as such, because our users know them all.
    private static let neighbours: [Region] = [.austria, .germany, .switzerland, .liechtenstein]

    private static func number(
        _ dial: DialString,
        region: Region
    ) throws(PhoneNumberRefusal) -> PhoneNumberLibrary.Number {
        let reading = PhoneNumberLibrary.read(dial.dialled, region: region.code)
        if let number = reading.number, number.isValid {
            guard !number.hasExtension else { throw .extension }
            return number
        }
        if let number = numberWithoutBracketedZero(dial, region: region) { return number }
        throw refusal(dial, reading, region: region)
    }

    /// `(0)` behind a calling code is the trunk prefix. The library drops it where the country has one and keeps it
    /// where the zero belongs to the number (Italy); this is for countries that have none, where it is a mistake.
    private static func numberWithoutBracketedZero(
        _ dial: DialString,
        region: Region
    ) -> PhoneNumberLibrary.Number? {
        guard let zero = dial.bracketedZero, let shorter = dial.withoutBracketedZero,
            let number = PhoneNumberLibrary.read(shorter.dialled, region: region.code).number, number.isValid
        else { return nil }
        let code = String(number.countryCode)
        let before = String(decoding: dial.digits[..<zero], as: UTF8.self)
        let after = String(decoding: dial.digits[(zero + 1)...], as: UTF8.self)
        return before.hasSuffix(code) && number.e164 == "+\(code)\(after)" ? number : nil
    }

    private static func refusal(
        _ dial: DialString,
        _ reading: PhoneNumberLibrary.Reading,
        region: Region
    ) -> PhoneNumberRefusal {
        switch reading.shortCode ?? supplementaryShortCode(dial, reading, region: region) {
        case .emergency: .emergency
        case .service: .service
        case nil: reading.failure ?? reading.number.map(refusal) ?? .notANumber
        }
    }

    private static func refusal(_ number: PhoneNumberLibrary.Number) -> PhoneNumberRefusal {
        switch number.length {
        case .tooShort: .tooShort
        case .tooLong: .tooLong
        case .localOnly: .areaCodeMissing
        case .possible, .invalid: .invalidForRegion
        }
    }

    private static func supplementaryShortCode(
        _ dial: DialString,
        _ reading: PhoneNumberLibrary.Reading,
        region: Region
    ) -> PhoneNumberLibrary.Reading.ShortCode? {
        if let number = reading.number, number.countryCode == 43 {
            let code = AustrianShortNumbers.shortCode(number.e164.dropFirst(3))
            if code != nil { return code }
        }
        guard !dial.hasPlus, dial.digits.count == 3 else { return nil }
        let isEmergencyNextDoor = neighbours.contains { neighbour in
            neighbour != region
                && PhoneNumberLibrary.read(dial.dialled, region: neighbour.code).shortCode == .emergency
        }
        return isEmergencyNextDoor ? .emergency : nil
    }
}
