import Calls
import Foundation

/// The frames a caller sends, in base64 once and for all.
struct CallerSounds {
    let silence: [UInt8]
    let voice: [[UInt8]]

    init() {
        let frameBytes = CallerScript.frameMs * MuLaw.bytesPerMillisecond
        let tone = SpeechTone.make(milliseconds: CallerScript.voiceFrames * CallerScript.frameMs)
        silence = Self.base64([UInt8](repeating: MuLaw.silence, count: frameBytes))
        voice = (0..<CallerScript.voiceFrames).map { frame in
            Self.base64(Array(tone[frame * frameBytes..<(frame + 1) * frameBytes]))
        }
    }

    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        Array(Data(bytes).base64EncodedString().utf8)
    }

    func payload(of sound: CallerScript.Sound) -> [UInt8] {
        switch sound {
        case .silence: silence
        case .voice(let frame): voice[frame]
        }
    }
}
