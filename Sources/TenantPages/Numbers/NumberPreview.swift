import Kernel
import Localization
import PhoneNumbers
import Site

/// What would become of a typed number.
struct NumberPreview {
    let reading: Result<PhoneNumber, PhoneNumberRefusal>

    init(_ reading: Result<PhoneNumber, PhoneNumberRefusal>) {
        self.reading = reading
    }

    /// In one sentence.
    func sentence(_ visit: some CheckedVisit) -> String {
        switch reading {
        case .success(let number):
            [
                visit.text("numbers_page.will_store_before"), number.e164.international,
                visit.text("numbers_page.will_store_after", ["what": visit.about(number)]),
            ].joined(separator: " ")
        case .failure(let refusal): visit.explanation(refusal)
        }
    }

    /// What `numbers/preview` needs.
    ///
    /// - Parameter isFinal: the form was sent; before that a number that is too short may only not be finished.
    static func model(_ preview: NumberPreview?, _ visit: some CheckedVisit, isFinal: Bool) -> Model {
        var model: Model = [
            "preview_number": false, "preview_before": false, "preview_after": false, "preview_e164": false,
            "preview_problem": false, "preview_hint": false,
        ]
        switch preview?.reading {
        case nil: break
        case .success(let number):
            model["preview_number"] = .text(number.e164.international)
            model["preview_e164"] = .text(number.e164.value)
            model["preview_before"] = .text(visit.text("numbers_page.will_store_before"))
            model["preview_after"] = .text(
                visit.text("numbers_page.will_store_after", ["what": visit.about(number)])
            )
        case .failure(let refusal):
            let isUnfinished = !isFinal && refusal == .tooShort
            model[isUnfinished ? "preview_hint" : "preview_problem"] = .text(visit.explanation(refusal))
        }
        return model
    }
}
