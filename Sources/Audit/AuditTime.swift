import Foundation

/// Times in documents: `2026-08-02T10:00:00Z`, UTC, whole seconds. Such texts sort like the times they name.
enum AuditTime {
    static func text(_ date: Date) -> String { date.formatted(.iso8601) }
}
