import Database

/// What became of a call, in the words in which it is counted: each call is exactly one of these.
package enum CallResult: String, Sendable, Hashable, CaseIterable {
    /// Not over yet.
    case running
    /// The agent led it to its end: the flow ended, or the caller hung up after the agent had answered.
    case solved
    /// A person took over.
    case handedOver = "handed_over"
    /// The caller hung up before the agent had answered, said nothing, or a bound of the flow was reached.
    case dropped
    /// We failed, or nobody knows how it ended.
    case failed
    /// It was not taken, because all lines were busy or the number had no flow.
    case refused
}

extension CallResult: PostgresValue {}
extension CallOutcome: PostgresValue {}

extension CallResult {
    /// The result of the row `call`, as an expression.
    ///
    /// - Parameter oldest: a call that began before this instant and was never ended is not running any more.
    static func expression(oldest: SQL) -> SQL {
        """
        CASE
            WHEN call.refusal IS NOT NULL THEN 'refused'
            WHEN call.state <> 'ended' AND call.admitted_at > \(oldest) THEN 'running'
            WHEN call.state <> 'ended' THEN 'failed'
            WHEN call.outcome = 'handed_over' THEN 'handed_over'
            WHEN call.outcome = 'completed' THEN 'solved'
            WHEN call.outcome = 'failed' THEN 'failed'
            WHEN call.outcome = 'abandoned' AND EXISTS (
                SELECT FROM transcript_turn AS answer
                WHERE answer.tenant_id = call.tenant_id AND answer.call_id = call.id AND answer.latency IS NOT NULL
            ) THEN 'solved'
            ELSE 'dropped'
        END
        """
    }
    /// Whether the row `call` has this result, in words that the indexes of the table know.
    func condition(oldest: SQL) -> SQL {
        let isAnswered: SQL = """
            EXISTS (
                SELECT FROM transcript_turn AS answer
                WHERE answer.tenant_id = call.tenant_id AND answer.call_id = call.id AND answer.latency IS NOT NULL
            )
            """
        let ended: SQL = "call.refusal IS NULL AND call.state = 'ended'"
        return switch self {
        case .refused: "call.refusal IS NOT NULL"
        case .running: "call.refusal IS NULL AND call.state <> 'ended' AND call.admitted_at > \(oldest)"
        case .failed:
            """
            call.refusal IS NULL AND (call.state = 'ended' AND call.outcome = 'failed'
                OR call.state <> 'ended' AND call.admitted_at <= \(oldest))
            """
        case .handedOver: "\(ended) AND call.outcome = 'handed_over'"
        case .solved:
            "\(ended) AND (call.outcome = 'completed' OR call.outcome = 'abandoned' AND \(isAnswered))"
        case .dropped:
            """
            \(ended) AND call.outcome IS DISTINCT FROM 'handed_over' AND call.outcome IS DISTINCT FROM 'completed'
                AND call.outcome IS DISTINCT FROM 'failed'
                AND NOT (call.outcome IS NOT DISTINCT FROM 'abandoned' AND \(isAnswered))
            """
        }
    }
}
