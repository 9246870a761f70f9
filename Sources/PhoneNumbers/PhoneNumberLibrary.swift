internal import CPhoneNumber

/// libphonenumber, as its C functions in `CPhoneNumber` show it.
enum PhoneNumberLibrary {
    /// What the library makes of a dialled text.
    struct Reading {
        enum Length {
            case possible
            case localOnly
            case tooShort
            case tooLong
            case invalid
        }

        enum ShortCode {
            case emergency
            case service
        }

        /// Nil when the text could not be read as a number of any country.
        let number: Number?
        /// Set only when there is no number.
        let failure: PhoneNumberRefusal?
        /// Looked up only for what is not a valid number.
        let shortCode: ShortCode?
    }

    struct Number {
        /// `+` and digits, possibly more of them than E.164 allows.
        let e164: String
        let countryCode: Int
        /// "001" for a calling code of no country, empty when the number is not valid.
        let region: String
        let kind: PhoneNumber.Kind
        let length: Reading.Length
        let isValid: Bool
        let hasExtension: Bool
    }

    /// The pseudo-region in which only international numbers can be read.
    static let noRegion = "ZZ"

    static func read(_ dialled: [UInt8], region: String) -> Reading {
        var reading = cpn_reading()
        let outcome = dialled.withUnsafeBytes { dialled in
            withBytes(of: region) { region, regionLength in
                cpn_read(
                    dialled.baseAddress?.assumingMemoryBound(to: CChar.self),
                    dialled.count,
                    region,
                    regionLength,
                    &reading
                )
            }
        }
        return Reading(outcome: Int(outcome), reading)
    }

    /// `+43 664 0000990`; nil for what the library cannot read.
    static func international(_ e164: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let isSpelled = withBytes(of: e164) { cpn_international($0, $1, buffer.baseAddress, buffer.count) }
            return isSpelled ? text(UnsafeRawBufferPointer(buffer)) : nil
        }
    }

    static func hasRegion(_ code: String) -> Bool {
        withBytes(of: code) { cpn_region_exists($0, $1) }
    }

    static func hasCountryCode(_ code: Int) -> Bool {
        cpn_country_code_exists(Int32(clamping: code))
    }

    private static func withBytes<R>(of text: String, _ body: (UnsafePointer<CChar>, Int) -> R) -> R {
        text.withCString { body($0, text.utf8.count) }
    }
}

extension PhoneNumberLibrary.Reading {
    fileprivate init(outcome: Int, _ reading: cpn_reading) {
        number = outcome == CPN_PARSED ? PhoneNumberLibrary.Number(reading) : nil
        failure =
            switch outcome {
            case CPN_PARSED: nil
            case CPN_NOT_A_NUMBER: .notANumber
            case CPN_INVALID_COUNTRY_CODE: .invalidCountryCode
            case CPN_TOO_SHORT: .tooShort
            case CPN_TOO_LONG: .tooLong
            default: .internalError
            }
        shortCode =
            switch Int(reading.short_code) {
            case CPN_SHORT_EMERGENCY: .emergency
            case CPN_SHORT_SERVICE: .service
            default: nil
            }
    }
}

extension PhoneNumberLibrary.Number {
    fileprivate init(_ reading: cpn_reading) {
        e164 = withUnsafeBytes(of: reading.e164, text)
        region = withUnsafeBytes(of: reading.region, text)
        countryCode = Int(reading.country_code)
        kind = PhoneNumber.Kind(libraryValue: reading.kind)
        length =
            switch Int(reading.length) {
            case CPN_LENGTH_POSSIBLE: .possible
            case CPN_LENGTH_LOCAL_ONLY: .localOnly
            case CPN_LENGTH_TOO_SHORT: .tooShort
            case CPN_LENGTH_TOO_LONG: .tooLong
            default: .invalid
            }
        isValid = reading.valid
        hasExtension = reading.has_extension
    }
}

extension PhoneNumber.Kind {
    /// The order of libphonenumber's `PhoneNumberType`.
    private static let byLibraryValue: [Self] = [
        .fixedLine, .mobile, .fixedLineOrMobile, .tollFree, .premiumRate, .sharedCost, .voip, .personal, .pager, .uan,
        .voicemail,
    ]

    fileprivate init(libraryValue: Int32) {
        let index = Int(libraryValue)
        self = Self.byLibraryValue.indices.contains(index) ? Self.byLibraryValue[index] : .unknown
    }
}

/// The characters of a C array up to its NUL.
private func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
}
