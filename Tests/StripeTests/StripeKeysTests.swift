import Kernel
import Testing

@testable import Stripe

@Suite("Stripe keys (F5)")
struct StripeKeysTests {
    @Test(
        arguments: [
            ("sk_live_abc", nil, .live), ("sk_test_abc", "pk_test_abc", .test), ("rk_live_abc", "pk_live_abc", .live),
            ("rk_test_a_b", nil, .test),
        ] as [(String, String?, StripeKeys.Mode)]
    )
    func keysInTheirPlaceAreTaken(secret: String, publishable: String?, mode: StripeKeys.Mode) throws {
        let keys = try StripeKeys(secret: Secret(secret), publishable: publishable)
        #expect(keys.mode == mode)
        #expect(keys.publishable == publishable)
    }

    @Test(
        arguments: [
            ("", nil, [.secretKeyMissing]), ("pk_live_abc", nil, [.secretKeyIsPublishable]),
            ("whsec_abc", nil, [.secretKeyIsWebhookSecret]), ("sk_abc", nil, [.secretKeyUnknown]),
            ("sk_live_", nil, [.secretKeyUnknown]), (" sk_live_abc", nil, [.secretKeyUnknown]),
            ("sk_live_abc\n", nil, [.secretKeyUnknown]), ("sk_prod_abc", nil, [.secretKeyUnknown]),
            ("sk_live_abc", "sk_live_abc", [.publishableKeyIsSecret]),
            ("sk_live_abc", "rk_live_abc", [.publishableKeyIsSecret]),
            ("sk_live_abc", "sk_x", [.publishableKeyIsSecret]),
            ("sk_live_abc", "whsec_abc", [.publishableKeyIsSecret]), ("sk_live_abc", "", [.publishableKeyUnknown]),
            ("sk_live_abc", "pk_test_abc", [.modesDiffer]), ("sk_test_abc", "pk_live_abc", [.modesDiffer]),
            ("pk_live_abc", "sk_live_abc", [.secretKeyIsPublishable, .publishableKeyIsSecret]),
        ] as [(String, String?, [StripeKeys.Reason])]
    )
    func everyMistakeIsNamed(secret: String, publishable: String?, reasons: [StripeKeys.Reason]) {
        #expect(throws: StripeKeys.Invalid(reasons: reasons)) {
            try StripeKeys(secret: Secret(secret), publishable: publishable)
        }
    }
}
