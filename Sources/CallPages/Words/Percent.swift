/// Coordinates of drawings: a part of the whole as SVG writes it.
enum Percent {
    /// `0.1423` is `14.23%`.
    static func text(_ part: Double) -> String { decimal(part * 100) + "%" }

    /// At most two digits after the point.
    static func decimal(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
        let sign = hundredths < 0 ? "-" : ""
        if rest == 0 { return "\(sign)\(whole)" }
        return "\(sign)\(whole)." + (rest < 10 ? "0" : "") + "\(rest)"
    }
}
