/// What the carrier reports of calls. The walk does not ask these routes; a whole call shows that they record nothing.
extension AuditAct {
    static let carrier = [
        "/twilio/voice", "/twilio/voice/fallback", "/twilio/voice/continue", "/twilio/dial/ended",
        "/twilio/dial/status", "/twilio/dial/whisper", "/twilio/dial/accepted", "/twilio/call/status",
        "/twilio/stream/status",
    ].map { path in
        AuditAct(
            "POST " + path,
            silent: "a caller's call is no act of anybody with rights: its facts are rows of their own, written once"
        )
    }
}
