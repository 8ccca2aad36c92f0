/// Why something that was read is no call of the trace: counted, and told once a file.
enum Skip: Hashable, CaseIterable {
    case unauthenticated
    case impersonation
    case nothing
    case noEvent
    case noAPI
    case noScope
    case tooLong

    /// `3 events were refused as unauthenticated (401), and were skipped`.
    func sentence(_ count: Int) -> String {
        let isOne = count == 1
        let events = isOne ? "1 event" : "\(count) events"
        let was = isOne ? "was" : "were"
        switch self {
        case .unauthenticated: return "\(events) \(was) refused as unauthenticated (401), and \(was) skipped"
        case .impersonation:
            return "\(events) \(was) refused before \(isOne ? "its" : "their") own authorization, at impersonation, "
                + "and \(was) skipped"
        case .nothing: return "\(events) \(isOne ? "names" : "name") no resource and no path, and \(was) skipped"
        case .noEvent: return isOne ? "1 line was not an audit event" : "\(count) lines were not audit events"
        case .noAPI:
            return isOne ? "1 request was not to a Kubernetes API" : "\(count) requests were not to a Kubernetes API"
        case .noScope:
            return isOne
                ? "1 refusal does not say in which namespace, and was skipped"
                : "\(count) refusals do not say in which namespace, and were skipped"
        case .tooLong:
            let limit = "longer than \(TraceReader.maximumLine >> 20) MiB"
            return isOne ? "1 line was \(limit), and was skipped" : "\(count) lines were \(limit), and were skipped"
        }
    }
}
