/// How a media stream ended.
package enum StreamEnd: Sendable, Equatable {
    /// The carrier sent `stop`.
    case stopped
    /// The far end closed the socket.
    case closedByPeer
    /// We closed it.
    case closedByUs
    /// The connection broke, or the far end was silent for too long.
    case lost
    /// The far end broke the protocol; the text is a stable code, not data of the far end.
    case protocolError(String)
}
