import RBAC
import Synchronization
package import Traces

/// Takes down the calls of a run, and says what is to be said about it while it lasts.
package final class RunLog: CallObserver {
    private struct State {
        var calls = 0
        var failures: Set<String> = []
    }

    private let recording: TraceRecording
    private let owners: OwnerKinds
    private let explainer: LiveExplainer?
    private let state = Mutex(State())
    private let say: @Sendable (String) -> Void

    /// A server that is away is said to be so this often, in as many words.
    private static let failureLimit = 20

    /// - Parameter say: takes lines for people.
    package init(
        recording: TraceRecording,
        owners: OwnerKinds,
        explainer: LiveExplainer? = nil,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.recording = recording
        self.owners = owners
        self.explainer = explainer
        self.say = say
    }

    /// The calls that came through.
    package var calls: Int { state.withLock { $0.calls } }

    package func observed(_ call: ObservedCall) {
        state.withLock { $0.calls += 1 }
        guard call.user != nil || call.message != nil || !call.owners.isEmpty else {
            explainer?.observed(call, owners: [])
            return recording.record(
                method: call.method,
                target: call.target,
                status: call.status,
                userAgent: call.userAgent
            )
        }
        guard let request = try? RequestInfo.resolve(method: call.method, url: call.target) else { return }
        var recorded = RecordedCall(request, status: call.status, userAgent: call.userAgent)
        recorded.key.user = call.user
        // That an object was not found is no refusal.
        recording.record(recorded, message: call.status == 404 ? nil : call.message)
        if let user = call.user { recording.record(impersonation(of: user, call)) }
        let owners = call.owners.map { finalizers(of: $0, call, request.attributes.namespace) }
        for owner in owners { recording.record(owner) }
        explainer?.observed(call, owners: owners.map(\.key.attributes))
    }

    /// What an owner that blocks costs where OwnerReferencesPermissionEnforcement is on.
    private func finalizers(of owner: BlockingOwner, _ call: ObservedCall, _ namespace: String) -> RecordedCall {
        let resource = owners.resource(of: owner)
        var attributes = RequestAttributes(verb: "update", resource: resource.plural, subresource: "finalizers")
        attributes.group = owner.group
        attributes.version = owner.apiVersion.split(separator: "/").last.map(String.init) ?? ""
        attributes.namespace = resource.isNamespaced ? namespace : ""
        var key = Requirement.Key(attributes: attributes)
        key.user = call.user
        return RecordedCall(key: key, userAgent: call.userAgent, implied: "blockOwnerDeletion")
    }

    package func failed(_ reason: String) {
        let isNew = state.withLock { $0.failures.count < Self.failureLimit && $0.failures.insert(reason).inserted }
        if isNew { say("warning: \(reason)") }
    }

    /// What the command needs itself to act as somebody else.
    private func impersonation(of user: String, _ call: ObservedCall) -> RecordedCall {
        RecordedCall(
            key: Requirement.Key(attributes: ImpersonationCheck.impersonation(ofUser: user)),
            userAgent: call.userAgent,
            implied: "impersonation"
        )
    }
}
