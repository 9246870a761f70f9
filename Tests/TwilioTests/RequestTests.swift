import Foundation
import Kernel
import Testing
import Twilio

@Suite("Requests of the carrier")
struct RequestTests {
    @Test func aFormKeepsOrderRepeatsAndSpaces() throws {
        let pairs = try FormBody.parse(Array("To=%2B43+1&a=+x+&a=&b&&%C3%A4=%26%3D".utf8))
        #expect(pairs.map(\.0) == ["To", "a", "a", "b", "ä"])
        #expect(pairs.map(\.1) == ["+43 1", " x ", "", "", "&="])
    }

    @Test(arguments: ["a=%", "a=%2", "a=%zz", "%ff=1", "a=%c3"])
    func aBrokenFormIsRefused(text: String) {
        #expect(throws: FormError.malformed) { try FormBody.parse(Array(text.utf8)) }
    }

    @Test func aFormWithTooManyFieldsIsRefused() {
        let text = String(repeating: "a=1&", count: FormBody.maximumFields + 1)
        #expect(throws: FormError.tooManyFields) { try FormBody.parse(Array(text.utf8)) }
    }

    private let call = [
        ("CallSid", "CA1"), ("AccountSid", "AC1"), ("From", "+436601234567"), ("To", "+4312345"),
        ("CallStatus", "ringing"), ("Direction", "inbound"), ("ForwardedFrom", ""),
    ]

    @Test func aVoiceRequestIsRead() throws {
        let request = try VoiceRequest(form: call + [("ErrorCode", "11205"), ("ErrorUrl", "https://a.example/x")])
        #expect(request.callSid.value == "CA1")
        #expect(request.from == "+436601234567")
        #expect(request.status == .ringing)
        #expect(request.forwardedFrom == nil)
        #expect(request.errorCode == "11205")
    }

    @Test func aWithheldNumberIsNoError() throws {
        let fields = call.map { $0.0 == "From" ? ("From", "") : $0 }
        #expect(try VoiceRequest(form: fields).from == "")
    }

    @Test func whatIsMissingOrWrongIsNamed() {
        #expect(throws: FormError.missing("CallSid")) { try VoiceRequest(form: []) }
        #expect(throws: FormError.invalid("CallSid")) { try VoiceRequest(form: [("CallSid", "XX1")]) }
        #expect(throws: FormError.missing("DialCallStatus")) { try DialOutcome(form: call) }
        #expect(throws: FormError.invalid("DialCallDuration")) {
            try DialOutcome(form: call + [("DialCallStatus", "completed"), ("DialCallDuration", "-1")])
        }
    }

    @Test(
        arguments: [
            ("completed", .completed), ("answered", .answered), ("busy", .busy), ("no-answer", .noAnswer),
            ("failed", .failed), ("canceled", .canceled), ("lost", .unrecognized("lost")),
        ] as [(String, DialOutcome.Status)]
    )
    func everyOutcomeOfADialIsKnown(word: String, status: DialOutcome.Status) throws {
        let fields = [
            ("DialCallStatus", word), ("DialCallSid", "CA2"), ("DialCallDuration", "80"), ("DialBridged", "true"),
        ]
        let outcome = try DialOutcome(form: call + fields)
        #expect(outcome.status == status)
        #expect(outcome.dialCallSid?.value == "CA2")
        #expect(outcome.durationSeconds == 80)
        #expect(outcome.isBridged == true)
    }

    @Test func aStatusCallbackKeepsSecondsAndBilledMinutesApart() throws {
        let callback = try StatusCallback(form: [
            ("CallSid", "CA2"), ("AccountSid", "AC1"), ("ParentCallSid", "CA1"), ("CallStatus", "completed"),
            ("SequenceNumber", "3"), ("Timestamp", "Sun, 22 Nov 2026 09:55:33 +0000"), ("CallDuration", "80"),
            ("Duration", "2"), ("SipResponseCode", "200"),
        ])
        #expect(callback.status.isTerminal)
        #expect(callback.sequenceNumber == 3)
        #expect(callback.callDurationSeconds == 80)
        #expect(callback.billedMinutes == 2)
        #expect(callback.parentCallSid?.value == "CA1")
        #expect(callback.timestamp == Date(timeIntervalSince1970: 1_795_341_333))
    }

    @Test func aStreamStatusIsRead() throws {
        let status = try StreamStatus(form: [
            ("CallSid", "CA1"), ("AccountSid", "AC1"), ("StreamSid", "MZ1"), ("StreamEvent", "stream-error"),
            ("StreamError", "x"), ("Timestamp", "2026-11-22T09:55:33.250Z"),
        ])
        #expect(status.event == .error)
        #expect(status.error == "x")
        #expect(status.timestamp == Date(timeIntervalSince1970: 1_795_341_333.25))
    }

    @Test(
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 +0000", 0), ("Thu, 29 Feb 2024 23:59:59 -0130", 1_709_256_599),
            ("1 Mar 2000 00:00:00 GMT", 951_868_800), ("1970-01-01T00:01:00Z", 60),
        ]
    )
    func timesAreRead(text: String, seconds: Int) {
        #expect(CarrierTime.parse(text) == Date(timeIntervalSince1970: Double(seconds)))
    }

    @Test(arguments: ["", "yesterday", "Sun, 32 Nov 2026 09:55:33 +0000", "Sun, 22 Nov 2026 09:55 +0000", "12345"])
    func whatIsNoTimeIsNil(text: String) {
        #expect(CarrierTime.parse(text) == nil)
    }
}
