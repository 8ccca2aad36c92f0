/// What becomes of a request before it goes to the server.
enum Verdict {
    case forward
    /// The proxy answers itself.
    case answer(LocalAnswer)
    /// It depends on the body.
    case body((_ bytes: [UInt8]) -> Verdict)
    /// It depends on an object in the cluster.
    case lookUp(_ path: String, (Lookup) -> Verdict)
}

/// What the server says about an object.
enum Lookup: Sendable, Hashable {
    /// The object, as JSON.
    case found([UInt8])
    case missing
    /// Nobody could say.
    case unknown
}

/// Decides about requests in the server's place.
protocol RequestAuthority: Sendable {
    /// Called on an event loop for every request of the child, so it must be quick.
    func judge(_ request: RequestHead) -> Verdict
    func lookUp(_ path: String) async -> Lookup
    /// A request went out although something about it could not be judged.
    func note(unjudged what: String)
}
