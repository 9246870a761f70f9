import People
import Tenants

/// The façades that the pages of this room work with.
struct AccountDesk: Sendable {
    let signIn: SignIn
    let stepUp: StepUp
    let factors: SecondFactors
    let passwords: PasswordReset
    let emails: EmailChange
    let people: PeopleBook
    let sessions: WebSessions
    let members: MemberBook
    let visitors: VisitorBook

    init(people parts: PeopleParts, members: MemberBook, visitors: VisitorBook) {
        signIn = SignIn(parts)
        stepUp = StepUp(parts)
        factors = SecondFactors(parts)
        passwords = PasswordReset(parts)
        emails = EmailChange(parts)
        people = PeopleBook(parts.database, time: parts.time)
        sessions = WebSessions(parts.database, time: parts.time)
        self.members = members
        self.visitors = visitors
    }
}
