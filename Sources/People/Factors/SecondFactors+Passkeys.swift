import Credentials
import Database
package import Foundation
package import Kernel

extension SecondFactors {
    /// Nobody owns more authenticators than that.
    package static let mostPasskeys = 20

    /// What a browser needs to make a passkey.
    package func passkeyRegistration(
        session: WebSessionID,
        from origin: RequestOrigin
    ) async throws -> Result<PasskeyRequest, AccountRefusal> {
        try await change(session, from: origin) { scope in
            guard scope.account.passkeys < Self.mostPasskeys else { throw AccountRefusal.passkeysTooMany }
            let options = scope.parts.webAuthn.registrationOptions(
                person: scope.person.uuid,
                name: scope.account.person.email,
                displayName: scope.account.person.name,
                existing: try scope.passkeys.descriptors(of: scope.person)
            )
            let id = try scope.passkeys.keep(
                options.challenge,
                .register,
                person: scope.person,
                session: scope.session.id,
                until: scope.now.addingTimeInterval(PasskeyCheck.patience),
                at: scope.now
            )
            return PasskeyRequest(challenge: id, options: try options.json())
        }
    }

    /// Stores the passkey that the browser made. Whoever had no second factor gets recovery codes, to be shown once.
    ///
    /// - Parameters:
    ///   - response: the browser's JSON.
    ///   - name: as typed; what the owner recognises it by.
    package func addPasskey(
        session: WebSessionID,
        response: Data,
        challenge: UUID,
        name: String,
        devices: KnownDevices,
        from origin: RequestOrigin
    ) async throws -> Result<FactorChange, AccountRefusal> {
        guard let name = Self.passkeyName(name) else { return .failure(.nameMalformed) }
        return try await change(session, from: origin) { scope in
            guard scope.account.passkeys < Self.mostPasskeys else { throw AccountRefusal.passkeysTooMany }
            let expected = try scope.passkeys.take(challenge, .register, session: scope.session.id, at: scope.now)
            guard let expected else { throw AccountRefusal.passkeyRefused }
            let passkey: RegisteredPasskey
            do {
                passkey = try scope.parts.webAuthn.register(RegistrationResponse(json: response), challenge: expected)
            } catch {
                throw AccountRefusal.passkeyRefused
            }
            guard try scope.passkeys.insert(passkey, name: name, of: scope.person, at: scope.now) else {
                throw AccountRefusal.passkeyKnown
            }
            return try scope.added("passkey", .passkeyAdded, devices)
        }
    }

    package func renamePasskey(
        _ id: PasskeyID,
        to name: String,
        session: WebSessionID,
        from origin: RequestOrigin
    ) async throws -> Result<Void, AccountRefusal> {
        guard let name = Self.passkeyName(name) else { return .failure(.nameMalformed) }
        return try await change(session, from: origin) { scope in
            guard try scope.passkeys.rename(id, of: scope.person, to: name) else {
                throw AccountRefusal.nothingToConfirm
            }
            try scope.note(.passkeyRenamed, "\(id)")
        }
    }

    package func removePasskey(
        _ id: PasskeyID,
        session: WebSessionID,
        from origin: RequestOrigin
    ) async throws -> Result<NewSession, AccountRefusal> {
        try await change(session, from: origin) { scope in
            guard try scope.passkeys.remove(id, of: scope.person) else { throw AccountRefusal.nothingToConfirm }
            let isLast = scope.account.passkeys == 1 && !scope.account.hasTOTP
            if isLast, scope.account.needsSecondFactor { throw AccountRefusal.factorRequired }
            return try scope.removed("passkey", .passkeyRemoved, isLast: isLast)
        }
    }

    private static func passkeyName(_ typed: String) -> String? {
        PersonName.parse(typed).flatMap { $0.unicodeScalars.count <= 60 ? $0 : nil }
    }
}
