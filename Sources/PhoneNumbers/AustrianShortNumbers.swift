/// Austria's public short numbers that libphonenumber 8.12.57 does not know (KEM-V 2009, §§ 17–28).
enum AustrianShortNumbers {
    /// Gas, mountain rescue, doctors, pastoral care, children; 112, 122, 133 and 144 are in the library.
    private static let emergency: Set<String> = ["128", "140", "141", "142", "147"]
    /// Breakdown services, warning centres, ambulance transport, health advice, pharmacies.
    private static let services: Set<String> = ["120", "123", "130", "1450", "1455", "1484"]
    private static let directoryPrefix = "118"

    /// `national`: the digits behind +43, or as they are dialled in Austria.
    static func shortCode(_ national: Substring) -> PhoneNumberLibrary.Reading.ShortCode? {
        let number = String(national)
        if emergency.contains(number) {
            return .emergency
        } else if services.contains(number) || (number.hasPrefix(directoryPrefix) && (5...6).contains(number.count)) {
            return .service
        } else {
            return nil
        }
    }
}
