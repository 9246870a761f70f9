package import Database
package import Foundation
import Kernel

/// The heartbeat of a process: one row per node (decision 6).
package struct NodeLease: Sendable {
    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// Begins a new life of the node.
    package func begin(_ node: String, address: String?, at instant: Date) async throws -> NodeLife {
        try await database.withoutTenant { transaction in
            let row = try transaction.queryOne(
                """
                INSERT INTO node_lease (node, epoch, seen_at, address) VALUES (\(node), 1, \(instant), \(address))
                ON CONFLICT (node) DO UPDATE
                    SET epoch = node_lease.epoch + 1, seen_at = excluded.seen_at, address = excluded.address
                RETURNING epoch
                """
            )
            guard let row else { throw CallDeskError.unreadable }
            return NodeLife(node: node, epoch: try row.get("epoch"))
        }
    }

    /// A sign of life.
    ///
    /// - Returns: false if another process has begun a newer life under the same name.
    package func beat(_ life: NodeLife, at instant: Date) async throws -> Bool {
        try await database.withoutTenant { transaction in
            try transaction.execute(
                """
                UPDATE node_lease SET seen_at = GREATEST(seen_at, \(instant))
                WHERE node = \(life.node) AND epoch = \(life.epoch)
                """
            ) > 0
        }
    }
}
