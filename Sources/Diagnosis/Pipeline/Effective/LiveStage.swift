import Manifests
import RBAC

/// The roles and bindings in the cluster, read where they can tell more than the reviews did.
struct LiveStage: Sendable {
    var objects: LiveObjects?
    var evidence: Evidence?

    static func ask(
        _ cluster: (any ClusterAccess)?,
        _ judgement: Judgement,
        _ input: CheckInput,
        _ stage: IdentityStage,
        _ known: KnownResources
    ) async -> LiveStage {
        let effective = judgement.effective
        guard let cluster, effective.currentUser != nil, judgement.wantsLiveObjects else { return LiveStage() }
        let objects = await cluster.liveObjects()
        // Where only one's own access is asked about, the refusals are one's own too.
        let user = effective.operators?.user ?? effective.own?.user ?? stage.identity.user
        var identity = stage.identity
        identity.user = user
        let manifests = input.manifests ?? ManifestSet()
        return LiveStage(
            objects: objects,
            evidence: Evidence(
                side: .live(objects, user: user, manifests: manifests, declared: judgement.evidence?.side),
                calls: judgement.states.map(\.call),
                identity: identity,
                defaultNamespace: stage.defaultNamespace,
                known: known
            )
        )
    }
}

extension Judgement {
    /// Whether a call is refused, or nobody could be asked about the operator.
    fileprivate var wantsLiveObjects: Bool {
        states.contains { state in
            if state.decisive == .denied { return true }
            guard case .unknown(let failure)? = effective.operators?.answers[state.call.index].verdict else {
                return false
            }
            return failure.kind == .refused
        }
    }
}
