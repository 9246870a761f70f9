import Foundation
import Kernel

/// What a server says to a client that brings mail (RFC 5321, with SIZE, 8BITMIME, SMTPUTF8, AUTH and STARTTLS): line in, answers
/// out. A pure machine; the connection performs its answers.
struct SMTPDialog {
    enum Answer: Equatable {
        case reply(String)
        /// The mail is whole; whoever keeps it calls `kept` with its number.
        case keep(Envelope, [UInt8])
        /// After the reply before it, everything is encrypted; `encrypted()` is called then.
        case startTLS
        case hangUp
    }

    /// How a connection is encrypted.
    enum Encryption: Sendable {
        /// Neither encrypted nor to be had.
        case none
        /// In clear until the client asks for it (RFC 3207).
        case offered
        case active
    }

    struct Envelope: Equatable {
        let from: String
        let recipients: [String]
    }

    struct Credentials: Sendable {
        let user: String
        let password: Secret
    }

    /// What a mail may have at most, as it is announced.
    static let maximumBytes = 1 << 20
    private static let maximumRecipients = 100
    private static let maximumCommandBytes = 512
    private static let maximumSecretBytes = 12_288
    /// Without the end of the line (RFC 5321 §4.5.3.1.6).
    private static let maximumTextBytes = 998

    private enum Phase {
        case command
        case plainSecret
        case loginUser
        case loginPassword(user: String)
        case message
        /// A fault: nothing is said any more.
        case mute
    }

    private struct Transaction {
        var from: String
        var is8Bit: Bool
        var isUTF8: Bool
        var recipients: [String] = []
        var fault: Fault?
        /// The first thing that was wrong with the message itself.
        var defect: String?
    }

    private let credentials: Credentials?
    private let meet: () -> Fault?
    private(set) var encryption: Encryption
    private var phase = Phase.command
    private var isGreeted = false
    private var isExtended = false
    private var isSignedIn = false
    private var transaction: Transaction?
    /// What came of the message, apart from the transaction so that it grows in place.
    private var message: [UInt8] = []

    /// - Parameters:
    ///   - credentials: nil takes mail from everybody.
    ///   - encryption: how the connection begins.
    ///   - meet: the fault that a mail meets; asked once for each.
    init(credentials: Credentials?, encryption: Encryption = .none, meet: @escaping () -> Fault?) {
        self.credentials = credentials
        self.encryption = encryption
        self.meet = meet
    }

    var greeting: Answer { .reply("220 sandbox.example ESMTP bereit") }

    /// How long the next line may be, without its end.
    var maximumLine: Int {
        switch phase {
        case .message: Self.maximumTextBytes
        case .plainSecret, .loginUser, .loginPassword: Self.maximumSecretBytes
        case .command, .mute: Self.maximumCommandBytes - 2
        }
    }

    /// - Parameters:
    ///   - line: without its end.
    ///   - isWhole: whether it ended with CR LF and was not too long.
    mutating func take(_ line: [UInt8], isWhole: Bool) -> [Answer] {
        switch phase {
        case .mute: return []
        case .message: return takeText(line, isWhole: isWhole)
        case .command:
            guard isWhole else { return [.reply("500 5.5.2 Zeile zu lang oder ohne CR LF")] }
            return takeCommand(String(decoding: line, as: UTF8.self))
        case .plainSecret: return signIn(plain: line)
        case .loginUser:
            guard let user = Self.decoded(line) else { return refuseSecret() }
            phase = .loginPassword(user: user)
            return [.reply("334 UGFzc3dvcmQ6")]
        case .loginPassword(let user):
            guard let password = Self.decoded(line) else { return refuseSecret() }
            return signIn(user, password)
        }
    }

    /// The connection is encrypted from here on. Nothing counts of what was said before (RFC 3207 §4.2).
    mutating func encrypted() {
        encryption = .active
        isGreeted = false
        isExtended = false
        isSignedIn = false
        transaction = nil
    }

    // MARK: Commands

    private mutating func takeCommand(_ line: String) -> [Answer] {
        let verb = line.prefix { $0 != " " }.uppercased()
        let rest = line.dropFirst(verb.count).drop { $0 == " " }
        switch verb {
        case "EHLO", "HELO": return greet(String(rest), isExtended: verb == "EHLO")
        case "STARTTLS": return startTLS(rest)
        case "AUTH": return authenticate(rest)
        case "MAIL": return begin(rest)
        case "RCPT": return address(rest)
        case "DATA": return data(rest)
        case "RSET":
            transaction = nil
            return [.reply("250 2.0.0 vergessen")]
        case "NOOP": return [.reply("250 2.0.0 ja")]
        case "VRFY": return [.reply("252 2.1.5 wird nicht verraten")]
        case "QUIT": return [.reply("221 2.0.0 auf Wiedersehen"), .hangUp]
        default: return [.reply("502 5.5.1 unbekannt")]
        }
    }

    private mutating func greet(_ name: String, isExtended: Bool) -> [Answer] {
        guard !name.isEmpty, !name.contains(" ") else { return [.reply("501 5.5.4 wer ist da?")] }
        transaction = nil
        isGreeted = true
        self.isExtended = isExtended
        guard isExtended else { return [.reply("250 sandbox.example")] }
        var lines = ["sandbox.example", "SIZE \(Self.maximumBytes)", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
        if encryption == .offered { lines.append("STARTTLS") }
        if credentials != nil { lines.append("AUTH PLAIN LOGIN") }
        return [
            .reply(
                lines.enumerated().map { index, line in "250\(index == lines.count - 1 ? " " : "-")\(line)" }
                    .joined(separator: "\r\n")
            )
        ]
    }

    private func startTLS(_ rest: Substring) -> [Answer] {
        guard encryption == .offered, isExtended else { return [.reply("502 5.5.1 hier nicht")] }
        guard rest.isEmpty else { return [.reply("501 5.5.4 STARTTLS steht allein")] }
        return [.reply("220 2.0.0 bitte verschlüsselt"), .startTLS]
    }

    private mutating func begin(_ text: Substring) -> [Answer] {
        guard isGreeted else { return [.reply("503 5.5.1 erst EHLO")] }
        guard credentials == nil || isSignedIn else { return [.reply("530 5.7.0 Anmeldung nötig")] }
        guard transaction == nil else { return [.reply("503 5.5.1 schon begonnen")] }
        guard let path = SMTPPath(text, keyword: "FROM:", mayBeEmpty: true) else {
            return [.reply("501 5.1.7 kein Absender")]
        }
        var isUTF8 = false
        var is8Bit = false
        for parameter in path.parameters {
            let upper = parameter.uppercased()
            switch upper {
            case "SMTPUTF8" where isExtended: isUTF8 = true
            case "BODY=8BITMIME" where isExtended: is8Bit = true
            case "BODY=7BIT" where isExtended: break
            case _ where upper.hasPrefix("SIZE=") && isExtended:
                guard let size = Int(upper.dropFirst(5)), size >= 0 else { return [.reply("501 5.5.4 SIZE")] }
                if size > Self.maximumBytes { return [.reply("552 5.3.4 zu groß")] }
            case _ where upper.hasPrefix("AUTH=") && isExtended: break
            default: return [.reply("555 5.5.4 unbekannter Zusatz")]
            }
        }
        guard isUTF8 || path.isASCII else { return [.reply("553 5.6.7 Adresse braucht SMTPUTF8")] }
        let fault = meet()
        switch fault {
        case .error: return [.reply("451 4.3.0 im Augenblick nicht")]
        case .garbage: return [.reply("HTTP/1.1 200 OK")]
        default: break
        }
        transaction = Transaction(from: path.address, is8Bit: is8Bit, isUTF8: isUTF8, fault: fault)
        return [.reply("250 2.1.0 gut")]
    }

    private mutating func address(_ text: Substring) -> [Answer] {
        guard var current = transaction else { return [.reply("503 5.5.1 erst MAIL")] }
        guard let path = SMTPPath(text, keyword: "TO:", mayBeEmpty: false) else {
            return [.reply("501 5.1.3 kein Empfänger")]
        }
        guard path.parameters.isEmpty else { return [.reply("555 5.5.4 unbekannter Zusatz")] }
        guard current.isUTF8 || path.isASCII else { return [.reply("553 5.6.7 Adresse braucht SMTPUTF8")] }
        switch current.fault {
        case .denied: return [.reply("550 5.1.1 kennt hier niemand")]
        case .quota: return [.reply("452 4.2.2 Postfach voll")]
        default: break
        }
        guard current.recipients.count < Self.maximumRecipients else { return [.reply("452 4.5.3 zu viele Empfänger")] }
        current.recipients.append(path.address)
        transaction = current
        return [.reply("250 2.1.5 gut")]
    }

    private mutating func data(_ rest: Substring) -> [Answer] {
        guard rest.isEmpty else { return [.reply("501 5.5.4 DATA steht allein")] }
        guard let current = transaction else { return [.reply("503 5.5.1 erst MAIL")] }
        guard !current.recipients.isEmpty else { return [.reply("503 5.5.1 kein Empfänger")] }
        phase = .message
        return [.reply("354 bitte, am Ende ein Punkt")]
    }

    // MARK: The message

    private mutating func takeText(_ line: [UInt8], isWhole: Bool) -> [Answer] {
        guard let current = transaction else { return [] }
        if line == [UInt8(ascii: ".")], isWhole { return end(current) }
        // What begins with a dot got another one on the way.
        let line = line.first == UInt8(ascii: ".") ? line.dropFirst() : line[...]
        if !isWhole { spoil("554 5.6.0 Zeile zu lang oder ohne CR LF") }
        if !current.is8Bit, !current.isUTF8, line.contains(where: { $0 >= 0x80 }) {
            spoil("554 5.6.1 acht Bit ohne BODY=8BITMIME")
        }
        message.append(contentsOf: line)
        message.append(contentsOf: [13, 10])
        if message.count > Self.maximumBytes {
            spoil("552 5.3.4 zu groß")
            message.removeAll()
        }
        return []
    }

    /// The first defect decides.
    private mutating func spoil(_ reply: String) {
        if transaction?.defect == nil { transaction?.defect = reply }
    }

    private mutating func end(_ current: Transaction) -> [Answer] {
        phase = .command
        transaction = nil
        let bytes = message
        message = []
        switch current.fault {
        case .stall, .stallMidway:
            phase = .mute
            return []
        case .errorMidway: return [.hangUp]
        default: break
        }
        if let defect = current.defect { return [.reply(defect)] }
        return [.keep(Envelope(from: current.from, recipients: current.recipients), bytes)]
    }

    // MARK: Signing in

    private mutating func authenticate(_ text: Substring) -> [Answer] {
        guard credentials != nil, isExtended else { return [.reply("502 5.5.1 ohne Anmeldung")] }
        guard !isSignedIn, transaction == nil else { return [.reply("503 5.5.1 jetzt nicht")] }
        let words = text.split(separator: " ")
        let initial = words.count > 1 ? Array(words[1].utf8) : nil
        switch words.first?.uppercased() {
        case "PLAIN":
            if let initial { return signIn(plain: initial) }
            phase = .plainSecret
            return [.reply("334 ")]
        case "LOGIN":
            guard let initial else {
                phase = .loginUser
                return [.reply("334 VXNlcm5hbWU6")]
            }
            guard let user = Self.decoded(initial) else { return refuseSecret() }
            phase = .loginPassword(user: user)
            return [.reply("334 UGFzc3dvcmQ6")]
        default: return [.reply("504 5.5.4 unbekanntes Verfahren")]
        }
    }

    private mutating func signIn(plain line: [UInt8]) -> [Answer] {
        let parts = Self.decoded(line)?.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        guard let parts, parts.count == 3, parts[0].isEmpty || parts[0] == parts[1] else { return refuseSecret() }
        return signIn(parts[1], parts[2])
    }

    private mutating func signIn(_ user: String, _ password: String) -> [Answer] {
        phase = .command
        guard let credentials, user == credentials.user, password == credentials.password.reveal() else {
            return [.reply("535 5.7.8 falsch")]
        }
        isSignedIn = true
        return [.reply("235 2.7.0 willkommen")]
    }

    private mutating func refuseSecret() -> [Answer] {
        phase = .command
        return [.reply("501 5.5.2 abgebrochen oder kein Base64")]
    }

    private static func decoded(_ line: [UInt8]) -> String? {
        Data(base64Encoded: Data(line)).map { String(decoding: $0, as: UTF8.self) }
    }
}
