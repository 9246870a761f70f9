import Database
package import Kernel

/// Tells the rest of the house what happens in running calls. Whoever posts never waits.
///
/// Holds 4,096 changes; beyond them the oldest is dropped, because those who watch look at what is stored now and then
/// anyway.
package final class LiveAnnouncer: Sendable {
    /// A port: gives a message to everybody who watches the tenant. Failing is up to it.
    package typealias Publish = @Sendable (TenantID, String) async -> Void

    private struct Posted: Sendable {
        let tenant: TenantID
        let change: LiveChange
    }

    private static let capacity = 4_096

    private let publish: Publish
    private let posted: AsyncStream<Posted>
    private let input: AsyncStream<Posted>.Continuation

    package init(publish: @escaping Publish) {
        self.publish = publish
        (posted, input) = AsyncStream.makeStream(of: Posted.self, bufferingPolicy: .bufferingNewest(Self.capacity))
    }

    package func post(_ change: LiveChange, of tenant: TenantID) {
        input.yield(Posted(tenant: tenant, change: change))
    }

    /// Until it is cancelled.
    package func run() async throws {
        for await message in posted {
            await publish(message.tenant, try JSONText(encoding: message.change).text)
        }
    }
}
