/// Is told of every call that passes; from any event loop, so it must be quick.
package protocol CallObserver: Sendable {
    func observed(_ call: ObservedCall)
    /// The server gave no answer, and why.
    func failed(_ reason: String)
}

/// One call as the proxy sees it.
package struct ObservedCall: Sendable, Hashable {
    /// As sent: `GET`.
    package var method: String
    /// Path and query as sent.
    package var target: String
    /// The answer's; `nil` where none came.
    package var status: Int?
    package var userAgent: String?
    /// Whom the child impersonates.
    package var user: String?
    /// What the server said of a call that it refused.
    package var message: String?
    /// Owners that the object must not outlive, of what the child wrote.
    package var owners: Set<BlockingOwner> = []
}
