package import Calls
import Credentials
package import Foundation
import HTTPTypes
import Hummingbird
package import Kernel
import NIOCore
import People
package import Site
package import Tenants
import Web

/// The calls that go on now, as they go on.
package struct LiveController: Sendable {
    /// A port: who is behind the SHA-256 of a session's token; nil for a session that is over.
    package typealias FindVisitor = @Sendable (Data) async throws -> Visitor?

    private let watch: LiveWatch
    private let seats: LiveSeats
    private let time: TimeSource
    private let visitor: FindVisitor

    package init(
        _ watch: LiveWatch,
        seats: LiveSeats = LiveSeats(),
        time: TimeSource,
        visitor: @escaping FindVisitor
    ) {
        self.watch = watch
        self.seats = seats
        self.time = time
        self.visitor = visitor
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.liveCalls) { visit in
            let running = try await watch.running(visit.tenant.id)
            return visit.page(
                "calls/live",
                title: visit.text("calls.live_title"),
                LiveModel(visit).model(running)
            )
        }
        book.tenant(.liveEvents) { visit in events(visit) }
    }

    private func events(_ visit: TenantVisit) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "text/event-stream; charset=utf-8"
        headers[.cacheControl] = "no-store"
        // nginx would keep the events until it has enough of them.
        if let buffering = HTTPField.Name("x-accel-buffering") { headers[buffering] = "no" }
        SecurityHeaders.add(to: &headers, isSecure: visit.site.address.isSecure)
        let stream = stream(visit)
        let person = visit.person.id
        let seats = seats
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody { writer in
                if seats.take(person) {
                    defer { seats.giveBack(person) }
                    await watch.wake()
                    try await stream.run { message in try await writer.write(ByteBuffer(string: message.text())) }
                } else {
                    try await writer.write(ByteBuffer(string: LiveMessage.end(.tooMany).text()))
                }
                try await writer.finish(nil)
            }
        )
    }

    private func stream(_ visit: TenantVisit) -> LiveStream {
        let tenant = visit.tenant.id
        let person = visit.person.id
        let token = visit.cookie(CookieName.session).flatMap { RandomToken($0) }?.hash
        let watch = watch
        return LiveStream(
            visit: visit,
            source: LiveStream.Source(
                isFollowing: { watch.isFollowing },
                running: { try await watch.running(tenant) },
                messages: { watch.messages(of: tenant) }
            ),
            time: time,
            mayStay: { await mayStay(token, person, in: tenant) }
        )
    }

    /// While it cannot be found out, the answer is no.
    private func mayStay(_ token: Data?, _ person: PersonID, in tenant: TenantID) async -> Bool {
        guard let token else { return false }
        do {
            guard let found = try await visitor(token), found.session.level == .full, found.person.id == person,
                let standing = found.standing, standing.tenant.id == tenant, !found.lacksDemandedFactor
            else { return false }
            return AccessMatrix.allows(standing.position, .liveWatch)
        } catch {
            return false
        }
    }
}
