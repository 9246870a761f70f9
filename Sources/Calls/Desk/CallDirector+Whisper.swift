import Database
import Flows
package import Foundation
package import Kernel
import Localization

extension CallDirector {
    /// What the person who picked up hears.
    ///
    /// - Parameter callSid: the caller's call.
    package func whisper(for callSid: CallSid, account: AccountSid) async throws -> WhisperAnswer {
        guard let call = try await remembered(callSid) else { return .decline(germanApology) }
        guard call.accountSid == account else { return .forbidden }
        let texts = texts(call.language)
        let intent = queue.intent(of: call.reference) ?? call.intent
        let wish: String? = if case .handOver(let intent)? = intent { intent.summary } else { nil }
        let told = Announcement(
            texts.whisper(caller: call.caller.e164?.value, wish: wish),
            language: call.language.spokenTag
        )
        let prompt = Announcement(texts.whisperPressKey, language: call.language.spokenTag)
        return .tell(told, prompt: target(of: call)?.acceptByKey == false ? nil : prompt)
    }

    /// The person pressed a key, or none in time.
    package func accept(
        _ digits: String,
        dialled: CallSid,
        for callSid: CallSid,
        account: AccountSid,
        at instant: Date
    ) async throws -> WhisperAnswer {
        guard let call = try await remembered(callSid) else { return .decline(germanApology) }
        guard call.accountSid == account else { return .forbidden }
        let texts = texts(call.language)
        guard digits == "1" else {
            return .decline(Announcement(texts.whisperDeclined, language: call.language.spokenTag))
        }
        do {
            _ = try await desk.store(
                call.reference,
                kind: "accepted",
                key: dialled.value,
                body: JSONText(text: "{}"),
                at: instant
            )
        } catch let error as DatabaseError where error.isAway {
            // The connection itself is reported at the end of the dialling.
        }
        return .connect(Announcement(texts.whisperAccepted, language: call.language.spokenTag))
    }
}
