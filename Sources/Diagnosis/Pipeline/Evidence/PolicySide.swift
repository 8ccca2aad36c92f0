import Manifests
import RBAC

/// A rule of a policy: indices of its role and of the rule in it.
struct RuleRef: Hashable, Sendable, Comparable {
    var role: Int
    var rule: Int

    static func < (lhs: Self, rhs: Self) -> Bool { (lhs.role, lhs.rule) < (rhs.role, rhs.rule) }
}

/// One side of the evidence: roles and bindings, those of the manifests or those in the cluster, and what they give to the
/// operator. Everything that a cause asks about them is worked out once.
struct PolicySide: Sendable {
    enum Kind: Hashable, Sendable { case manifests, cluster }

    /// What is known about a role of the policy.
    struct RoleFacts: Sendable {
        /// Into the manifests' roles; of a live role the one of the same name.
        var manifest: Int?
        /// Bindings that resolve to it.
        var bindings: [Int] = []
        /// Whether its rules may be held against a call. A role for the cluster's users, bound to nobody, says nothing
        /// about the operator; nor does what every cluster has.
        var isEvidence: Bool
        /// Built into Kubernetes rather than written in a file.
        var isBuiltIn: Bool
        /// Where a rule of it reaches the operator.
        var reach = Reach.nowhere
    }

    /// What is known about a binding of the policy.
    struct BindingFacts: Sendable {
        /// Into the manifests' bindings; of a live binding the one of the same name.
        var manifest: Int?
        /// The role that it refers to; `nil` where there is none.
        var role: Int?
        /// The first subject that is the operator.
        var subject: Int?
        /// Made up for roles that come without any binding.
        var isAssumed = false

        var bindsOperator: Bool { subject != nil }
    }

    /// Where something that the operator holds applies.
    enum Reach: Hashable, Sendable {
        case nowhere
        case namespaces(Set<String>)
        case everywhere

        func includes(_ namespace: String) -> Bool {
            switch self {
            case .nowhere: false
            case .namespaces(let namespaces): !namespace.isEmpty && namespaces.contains(namespace)
            case .everywhere: true
            }
        }

        mutating func formUnion(_ binding: Binding) {
            switch (self, binding.kind) {
            case (_, .clusterRoleBinding): self = .everywhere
            case (.everywhere, _): break
            case (.nowhere, .roleBinding): self = .namespaces([binding.namespace])
            case (.namespaces(let namespaces), .roleBinding):
                self = .namespaces(namespaces.union([binding.namespace]))
            }
        }
    }

    let kind: Kind
    let policy: Policy
    let user: UserInfo
    let access: Access
    let manifests: ManifestSet
    /// The way from the policy back to the files; `nil` on the cluster's side.
    let declared: DeclaredPolicy?
    private(set) var roles: [RoleFacts]
    private(set) var bindings: [BindingFacts]
    let lookup: RuleLookup
    /// The default grants stand behind these, in the policy.
    let ownRoles: Range<Int>
    let ownBindings: Range<Int>

    init(
        _ kind: Kind,
        policy: Policy,
        defaults: Policy = Policy(),
        user: UserInfo,
        manifests: ManifestSet,
        declared: DeclaredPolicy?,
        facts: (roles: [RoleFacts], bindings: [BindingFacts])
    ) {
        self.kind = kind
        self.user = user
        self.manifests = manifests
        self.declared = declared
        ownRoles = policy.roles.indices
        ownBindings = policy.bindings.indices
        let whole = policy.adding(defaults)
        self.policy = whole
        access = Authorizer(policy: whole).access(of: user)
        var (roles, bindings) = facts
        Self.resolve(policy, user, &roles, &bindings)
        for role in roles.indices {
            guard roles[role].isEvidence, let manifest = roles[role].manifest else { continue }
            let isOthers = roles[role].bindings.isEmpty && manifests.roles[manifest].isMeantForUsers
            let isClusters = roles[role].reach == .nowhere && manifests.roles[manifest].comesWithCluster
            roles[role].isEvidence = !isOthers && !isClusters
        }
        self.roles = roles
        self.bindings = bindings
        lookup = RuleLookup(policy, roles: roles.indices.filter { roles[$0].isEvidence })
    }

    /// Which binding refers to which role, and whom it binds.
    private static func resolve(
        _ policy: Policy,
        _ user: UserInfo,
        _ roles: inout [RoleFacts],
        _ bindings: inout [BindingFacts]
    ) {
        var byName: [RoleName: Int] = [:]
        for (index, role) in policy.roles.enumerated() { byName[RoleName(role)] = index }
        for (index, binding) in policy.bindings.enumerated() {
            bindings[index].subject = binding.subjects.firstIndex { $0.names(user, in: binding) }
            guard let name = RoleName(binding), let role = byName[name] else { continue }
            bindings[index].role = role
            roles[role].bindings.append(index)
            if bindings[index].bindsOperator { roles[role].reach.formUnion(binding) }
        }
    }

    func rule(_ ref: RuleRef) -> PolicyRule { policy.roles[ref.role].rules[ref.rule].rule }

    /// Whether a binding can grant anything to a request in this namespace.
    func covers(_ binding: Int, _ call: Call) -> Bool {
        let binding = policy.bindings[binding]
        return binding.kind == .clusterRoleBinding
            || (!call.request.namespace.isEmpty && binding.namespace.hasSameBytes(as: call.request.namespace))
    }

    /// The rules that would grant the call if they reached it, in the order of the files.
    func rulesGranting(_ call: Call) -> [RuleRef] {
        lookup.candidates(for: call.request).filter { call.isGranted(by: rule($0)) }
    }

    /// Whether no binding gives a role to anybody, be it by way of an aggregated role that collects it.
    func isUnbound(_ role: Int) -> Bool {
        guard roles[role].bindings.isEmpty else { return false }
        guard let manifest = manifestRole(role), manifest.kind == .clusterRole else { return true }
        return !roles.indices.contains { other in
            other != role && !roles[other].bindings.isEmpty
                && (manifestRole(other)?.aggregation?.selectors ?? []).contains { $0.matches(manifest.labels) }
        }
    }

    /// The operator's bindings that refer to a role that is not there.
    var danglingBindings: [Int] {
        ownBindings.filter { bindings[$0].bindsOperator && bindings[$0].role == nil }
    }
}

/// How a binding finds its role.
private struct RoleName: Hashable {
    var kind: Role.Kind
    var namespace: ByteKey
    var name: ByteKey

    init(_ role: Role) {
        kind = role.kind
        namespace = ByteKey(role.kind == .role ? role.namespace : "")
        name = ByteKey(role.name)
    }

    init?(_ binding: Binding) {
        guard let kind = Role.Kind(rawValue: binding.roleRef.kind) else { return nil }
        self.kind = kind
        namespace = ByteKey(kind == .role ? binding.namespace : "")
        name = ByteKey(binding.roleRef.name)
    }
}

extension RoleManifest {
    /// Whether the role is one that every cluster has, found in a dump of one.
    fileprivate var comesWithCluster: Bool { labels["kubernetes.io/bootstrapping"] != nil }
}

extension Policy {
    /// With what every cluster grants by default, unless an object of that name is here already (in a dump of a cluster).
    fileprivate func adding(_ defaults: Policy) -> Policy {
        var result = self
        let roles = Set(roles.filter { $0.kind == .clusterRole }.map(\.name))
        let bindings = Set(bindings.filter { $0.kind == .clusterRoleBinding }.map(\.name))
        result.roles += defaults.roles.filter { !roles.contains($0.name) }
        result.bindings += defaults.bindings.filter { !bindings.contains($0.name) }
        return result
    }
}
