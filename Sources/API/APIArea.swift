package import Audit
package import Calls
import Database
package import Foundation
import Hummingbird
package import Kernel
package import Localization
import NIOCore
package import Numbers
package import Tenants
package import Web

/// The programming interface: one door, and a controller for each kind of thing.
package struct APIArea: Sendable {
    /// What the interface reads and acts on.
    package struct Books: Sendable {
        let tenants: TenantBook
        let members: MemberBook
        let calls: CallReading
        let numbers: NumberBook
        let numberReading: NumberReading
        let audit: AuditArchive

        package init(
            tenants: TenantBook,
            members: MemberBook,
            calls: CallReading,
            numbers: NumberBook,
            numberReading: NumberReading,
            audit: AuditArchive
        ) {
            self.tenants = tenants
            self.members = members
            self.calls = calls
            self.numbers = numbers
            self.numberReading = numberReading
            self.audit = audit
        }
    }

    private let door: APIDoor
    private let books: Books
    private let document: String

    /// - Parameters:
    ///   - resources: the folder that has `api/openapi.json`.
    ///   - onDenied: told of every request that was answered as not visible; it neither waits nor fails.
    /// - Throws: if the description cannot be read.
    package init(
        keys: APIKeys,
        limits: APILimits,
        idempotency: Idempotency,
        books: Books,
        catalog: Catalog,
        resources: URL,
        time: TimeSource,
        onDenied: @escaping @Sendable (DeniedRequest) -> Void
    ) throws {
        door = APIDoor(
            keys: keys,
            limits: limits,
            idempotency: idempotency,
            catalog: catalog,
            time: time,
            onDenied: onDenied
        )
        self.books = books
        document = try String(
            contentsOf: resources.appending(path: "api").appending(path: "openapi.json"),
            encoding: .utf8
        )
    }

    /// Binds every line of `Endpoint.apiTable`.
    package func bind(into routes: inout RouteBook) {
        let document = document
        routes.on(.apiDocument) { request in
            var answer = APIAnswer(status: .ok, body: document)
            answer.headers[.cacheControl] = "public, max-age=300"
            return answer.response(AcceptedLanguage.read(request.headers))
        }
        KeyController(tenants: books.tenants).bind(door, into: &routes)
        CallController(calls: books.calls).bind(door, into: &routes)
        NumberController(numbers: books.numbers, reading: books.numberReading, tenants: books.tenants)
            .bind(door, into: &routes)
        MemberController(members: books.members).bind(door, into: &routes)
        AuditController(archive: books.audit).bind(door, into: &routes)
    }
}
