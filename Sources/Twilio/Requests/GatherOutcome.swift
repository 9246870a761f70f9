/// The keys pressed during `<Gather>`.
package struct GatherOutcome: Sendable, Equatable {
    package let call: VoiceRequest
    /// Empty if nothing was pressed in time.
    package let digits: String

    package init(form: [(String, String)]) throws(FormError) {
        call = try VoiceRequest(form: form)
        digits = FormFields(form).optional("Digits") ?? ""
    }
}
