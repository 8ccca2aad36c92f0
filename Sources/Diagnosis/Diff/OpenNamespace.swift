import RBAC

/// Manifests may leave a namespace open, to be filled in by kustomize or by whoever applies them. Compared with a side that
/// says it, they mean that one, where there is but one that they can mean.
extension DiffInput {
    /// With the open namespace named as the only one that the other side has and this one has not.
    func closing(openNamespaceLike other: DiffInput) -> DiffInput {
        guard hasOpenNamespace, !other.hasOpenNamespace else { return self }
        let candidates = other.policy.namespaces.subtracting(policy.namespaces)
        return candidates.count == 1 ? closing(openNamespaceAs: candidates.first ?? "") : self
    }

    /// With the open namespace named as in a cluster, where all objects of the same names are in one.
    func closing(openNamespaceAsIn cluster: DiffInput) -> DiffInput {
        guard hasOpenNamespace else { return self }
        let roles = Set(policy.roles.filter(\.isOpen).map(\.name))
        let bindings = Set(policy.bindings.filter(\.isOpen).map(\.name))
        let candidates = Set(
            cluster.policy.roles.filter { $0.kind == .role && roles.contains($0.name) }.map(\.namespace)
                + cluster.policy.bindings.filter { $0.kind == .roleBinding && bindings.contains($0.name) }.map(
                    \.namespace
                )
        )
        return candidates.count == 1 ? closing(openNamespaceAs: candidates.first ?? "") : self
    }

    private var hasOpenNamespace: Bool {
        policy.roles.contains(where: \.isOpen) || policy.bindings.contains(where: \.isOpen)
    }

    private func closing(openNamespaceAs namespace: String) -> DiffInput {
        var result = self
        for index in policy.roles.indices where policy.roles[index].isOpen {
            result.policy.roles[index].namespace = namespace
        }
        for index in policy.bindings.indices where policy.bindings[index].isOpen {
            result.policy.bindings[index].namespace = namespace
        }
        return result
    }
}

extension Policy {
    fileprivate var namespaces: Set<String> {
        Set(roles.filter { $0.kind == .role }.map(\.namespace) + bindings.compactMap(\.scope)).subtracting([""])
    }
}

extension Role {
    fileprivate var isOpen: Bool { kind == .role && namespace.isEmpty }
}

extension Binding {
    fileprivate var isOpen: Bool { scope == "" }
}
