import Audit
import Database
import Foundation
import Kernel
import Logging
import Secrets
import Telemetry

extension AuditAnchorKey {
    /// The same for every process with the same ring. It comes from the ring's oldest key, so that a rotation that adds
    /// one changes nothing.
    init(ring: KeyRing) throws(Malformed) {
        try self.init(seed: Data(base64Encoded: ring.derived(for: "audit-anchor").reveal()) ?? Data())
    }
}

extension ServiceTask {
    /// Keeps the heads of all audit chains outside the database, once an hour; nothing if no place is set.
    static func auditAnchors(
        _ database: Database,
        _ config: AppConfig,
        time: TimeSource,
        logger: Logger,
        metrics: Metrics
    ) throws -> [ServiceTask] {
        guard let path = config.auditAnchorFolder else {
            logger.warning(
                "no audit anchors are kept: a rewritten audit chain would not show",
                metadata: ["setting": "\(Setting.auditAnchorFolder.name)"]
            )
            return []
        }
        let anchors = AuditAnchors(
            database,
            folder: URL(fileURLWithPath: path, isDirectory: true),
            key: try AuditAnchorKey(ring: config.keyRing),
            time: time
        )
        let job = Job(.auditAnchors, time: time, logger: logger, metrics: metrics)
        return [
            ServiceTask {
                try await anchors.run { event in
                    switch event {
                    case .anchored(let chains):
                        job.succeeded(chains)
                        logger.info("audit heads anchored", metadata: ["chains.count": "\(chains)"])
                    case .failed(let error): job.failed(error)
                    }
                }
            }
        ]
    }
}
