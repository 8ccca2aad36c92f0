/// Why a run did not begin.
package enum RunFailure: Error, Sendable, CustomStringConvertible {
    case commandNotStarted(CommandNotStarted)
    /// The system gave no port, no folder, or no random numbers.
    case noProxy(String)

    package var description: String {
        switch self {
        case .commandNotStarted(let failure): "error: \(failure)\n  hint: check its name and its permissions"
        case .noProxy(let reason): "error: the proxy cannot be started: \(reason)"
        }
    }
}
