/// Why a run did not begin.
package enum RunFailure: Error, Sendable, CustomStringConvertible {
    case commandNotStarted(CommandNotStarted)
    /// The cluster is reached in a way that the proxy does not know.
    case unsupportedConnection(String)
    /// The system gave no port, no folder, or no random numbers.
    case noProxy(String)

    package var description: String {
        switch self {
        case .commandNotStarted(let failure): "error: \(failure)\n  hint: check its name and its permissions"
        case .unsupportedConnection(let reason): "error: \(reason)"
        case .noProxy(let reason): "error: the proxy cannot be started: \(reason)"
        }
    }
}
