import Manifests
import RBAC

extension PolicySide {
    /// What the manifests would grant to the operator if they were applied.
    ///
    /// Without any binding, roles count as bound to the operator: a ClusterRole in the whole cluster, a Role in its
    /// namespace (contract: "Whose access the declared side answers for", 3).
    static func declared(
        _ manifests: ManifestSet,
        user: UserInfo,
        defaultNamespace: String,
        includesDefaults: Bool
    ) -> PolicySide {
        let declared = manifests.declaredPolicy(defaultNamespace: defaultNamespace)
        var policy = declared.policy
        let roles = policy.roles.map { role -> RoleFacts in
            guard case .role(let index) = declared[role.source] else {
                return RoleFacts(isEvidence: true, isBuiltIn: true)
            }
            return RoleFacts(manifest: index, isEvidence: true, isBuiltIn: false)
        }
        var bindings = policy.bindings.map { binding -> BindingFacts in
            guard case .binding(let index) = declared[binding.source] else { return BindingFacts() }
            return BindingFacts(manifest: index)
        }
        if manifests.countsRolesAsBound {
            policy.bindings = assumedBindings(of: policy, roles, manifests, to: user)
            bindings = policy.bindings.map { _ in BindingFacts(isAssumed: true) }
        }
        return PolicySide(
            .manifests,
            policy: policy,
            defaults: includesDefaults ? BootstrapPolicy.defaultGrants : Policy(),
            user: user,
            manifests: manifests,
            declared: declared,
            facts: (roles, bindings)
        )
    }

    /// Roles that users are to be given stay unbound, unless there are no others.
    private static func assumedBindings(
        of policy: Policy,
        _ facts: [RoleFacts],
        _ manifests: ManifestSet,
        to user: UserInfo
    ) -> [Binding] {
        let own = policy.roles.indices.filter { index in
            facts[index].manifest.map { !manifests.roles[$0].isMeantForUsers } ?? false
        }
        return (own.isEmpty ? Array(policy.roles.indices) : own).map { index in
            let role = policy.roles[index]
            return Binding(
                kind: role.kind == .role ? .roleBinding : .clusterRoleBinding,
                namespace: role.kind == .role ? role.namespace : "",
                name: role.name,
                roleRef: RoleRef(kind: role.kind.rawValue, name: role.name),
                subjects: [Subject(kind: "User", name: user.name)]
            )
        }
    }

    /// Who grants the call, as reports say it: `ClusterRole/a via ClusterRoleBinding/b`, each once.
    func grantedBy(_ call: Call) -> [String] {
        var seen: Set<String> = []
        return access.grants(of: call.request).compactMap { grant -> String? in
            let rule = policy.roles[grant.role].rules[grant.rule].rule
            guard call.isGranted(by: rule) else { return nil }
            let text = grantor(grant)
            return seen.insert(text).inserted ? text : nil
        }
    }

    /// Whether the side grants the call to the operator.
    func grants(_ call: Call) -> Bool {
        if call.hasManyNames { return !grantedBy(call).isEmpty }
        return access.decide(call.request).isAllowed
    }

    private func grantor(_ grant: Decision.Grant) -> String {
        let role = policy.roles[grant.role]
        let binding = policy.bindings[grant.binding]
        let roleName = "\(role.kind.rawValue)/\(role.name)"
        if ownBindings.contains(grant.binding), bindings[grant.binding].isAssumed {
            return "\(roleName) (no binding: judged as if bound)"
        }
        let text = "\(roleName) via \(binding.kind.rawValue)/\(binding.name)"
        return ownBindings.contains(grant.binding) ? text : "\(text) (cluster default)"
    }
}

extension ManifestSet {
    /// Whether the manifests hold roles and no binding at all, so that whose they are has to be assumed.
    var countsRolesAsBound: Bool { bindings.isEmpty && !roles.isEmpty }
}
