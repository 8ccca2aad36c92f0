import Manifests
import RBAC

/// The roles and bindings in the cluster, read where they can tell more than the reviews did.
struct LiveStage: Sendable {
    var objects: LiveObjects?
    var evidence: Evidence?
    /// What the server lists for whoever is refused, by namespace: asked where roles and bindings may not be read.
    var held: [String: ListedRules] = [:]

    static func ask(
        _ cluster: (any ClusterAccess)?,
        _ judgement: Judgement,
        _ input: CheckInput,
        _ stage: IdentityStage,
        _ known: KnownResources
    ) async -> LiveStage {
        let effective = judgement.effective
        guard let cluster, effective.currentUser != nil, judgement.wantsLiveObjects else { return LiveStage() }
        let objects = await cluster.liveObjects(inNamespaces: judgement.refusedNamespaces)
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
            ),
            held: await held(cluster, judgement, objects, user)
        )
    }

    /// A few namespaces are enough to see what is amiss.
    private static let mostNamespaces = 4

    /// What the server lists in the namespaces of refusals that the objects cannot explain; nothing where it does not say.
    private static func held(
        _ cluster: any ClusterAccess,
        _ judgement: Judgement,
        _ objects: LiveObjects,
        _ user: UserInfo
    ) async -> [String: ListedRules] {
        let subject: ReviewSubject =
            judgement.effective.operators == nil || judgement.effective.currentUser?.name == user.name
            ? .currentUser : .user(user)
        var held: [String: ListedRules] = [:]
        for namespace in judgement.refusedNamespaces.prefix(mostNamespaces)
        where !objects.isCompleteForOperator(in: namespace) {
            held[namespace] = await cluster.listedRules(of: subject, inNamespace: namespace).value
        }
        return held
    }
}

extension Judgement {
    /// Where calls are refused, sorted; what belongs to no namespace is left out.
    fileprivate var refusedNamespaces: [String] {
        Set(states.filter { $0.decisive == .denied || couldNotBeAsked($0) }.map(\.call.home)).filter { !$0.isEmpty }
            .sorted()
    }

    /// Whether a call is refused, or nobody could be asked about the operator.
    fileprivate var wantsLiveObjects: Bool {
        // What the manifests refer to and do not hold may be in the cluster.
        let hasOpenReference = !(evidence?.side.danglingBindings.isEmpty ?? true)
        return states.contains {
            $0.decisive == .denied || couldNotBeAsked($0) || hasOpenReference && $0.declared != .granted
        }
    }

    /// Whether nobody may be asked about the operator.
    private func couldNotBeAsked(_ state: State) -> Bool {
        guard case .unknown(let failure)? = effective.operators?.answers[state.call.index].verdict else { return false }
        return failure.kind == .refused
    }
}
