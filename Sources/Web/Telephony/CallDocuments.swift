package import Calls
import Kernel
import Twilio

/// Writes what was decided about a call in the carrier's language.
package struct CallDocuments: Sendable {
    /// How long a person may take to press a key.
    private static let keyTimeoutSeconds = 10

    private let addresses: TelephonyAddresses
    private let token: MediaToken

    package init(addresses: TelephonyAddresses, token: MediaToken) {
        self.addresses = addresses
        self.token = token
    }

    /// - Throws: `WebFailure.forbidden` where nothing may be said.
    func document(_ answer: CallAnswer, for call: CallSid) throws -> VoiceResponse {
        switch answer {
        case .stream(let offer): VoiceResponse([.connect(stream(offer, call))])
        case .dial(let instruction):
            VoiceResponse((instruction.announcement.map { [say($0)] } ?? []) + [.dial(dial(instruction, call))])
        case .announce(let announcement): VoiceResponse([say(announcement), .hangup])
        case .hangUp: VoiceResponse([.hangup])
        case .forbidden: throw WebFailure.forbidden
        }
    }

    func document(_ answer: WhisperAnswer, for call: CallSid) throws -> VoiceResponse {
        switch answer {
        case .tell(let told, let prompt?): VoiceResponse([.gather(gather(told, prompt, call))])
        case .tell(let told, nil): VoiceResponse([say(told)])
        case .connect(let announcement): VoiceResponse([say(announcement)])
        case .decline(let announcement): VoiceResponse([say(announcement), .hangup])
        case .forbidden: throw WebFailure.forbidden
        }
    }

    private func stream(_ offer: StreamOffer, _ call: CallSid) -> VoiceResponse.ConnectStream {
        VoiceResponse.ConnectStream(
            url: addresses.media,
            parameters: [.init(MediaToken.parameter, token.text(for: call, offer))],
            action: addresses.url(.callContinue),
            statusCallback: addresses.url(.streamStatus)
        )
    }

    private func dial(_ instruction: DialInstruction, _ call: CallSid) -> VoiceResponse.Dial {
        VoiceResponse.Dial(
            numbers: [
                VoiceResponse.DialNumber(
                    instruction.number,
                    whisper: instruction.whispers ? addresses.url(.whisper, call: call) : nil,
                    statusCallback: addresses.url(.dialStatus, call: call),
                    events: VoiceResponse.DialNumber.Event.allCases
                )
            ],
            callerID: instruction.callerID,
            timeoutSeconds: instruction.timeoutSeconds,
            action: addresses.url(.dialEnded)
        )
    }

    private func gather(_ told: Announcement, _ prompt: Announcement, _ call: CallSid) -> VoiceResponse.Gather {
        VoiceResponse.Gather(
            prompts: [told, prompt].map { VoiceResponse.Say($0.text, language: $0.language) },
            digits: 1,
            timeoutSeconds: Self.keyTimeoutSeconds,
            action: addresses.url(.whisperAccepted, call: call)
        )
    }

    private func say(_ announcement: Announcement) -> VoiceResponse.Verb {
        .say(announcement.text, language: announcement.language)
    }
}
