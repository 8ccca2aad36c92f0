import RBAC

/// Half of a rule that somebody holds somewhere.
struct Grant: Sendable {
    /// Whoever holds it; comparisons are made for each one.
    enum Grantee: Hashable, Sendable {
        case subject(String)
        /// The operator of manifests that bind nothing.
        case theOperator
        /// Nobody: a role that nothing binds, by its title.
        case nobody(role: String)
    }

    var grantee: Grantee
    /// `nil` for the whole cluster.
    var namespace: String?
    var half: PolicyRule
    /// Into the policy's roles.
    var role: Int
    /// Of the rule.
    var source: SourceID
    /// Into the policy's bindings.
    var binding: Int?
}

/// A binding to a role that is not there: what it grants is not known.
struct UnknownGrant: Hashable, Sendable {
    var grantee: Grant.Grantee
    var namespace: String?
    var role: String
}

/// What the roles and bindings of one side grant.
struct Grants: Sendable {
    var known: [Grant] = []
    var unknown: [UnknownGrant: Int] = [:]
    /// Who is given which role where, roles that grant nothing included.
    private var bindings: Set<UnknownGrant> = []
    /// The titles of the roles that somebody is given.
    private(set) var boundRoles: Set<String> = []
    /// Whether nothing is bound, so that everything counts as the operator's.
    var isBare: Bool

    /// - Parameter ignoresBindings: takes every role for the operator's, as is done where nothing is bound.
    init(_ input: DiffInput, ignoresBindings: Bool = false) {
        let policy = input.policy
        isBare = ignoresBindings || (policy.bindings.isEmpty && !policy.roles.isEmpty)
        var bound: Set<Int> = []
        if !isBare {
            for (index, binding) in policy.bindings.enumerated() {
                if let role = addGrants(of: binding, index, policy) { bound.insert(role) }
            }
            boundRoles = Set(bound.map { policy.roles[$0].title })
        }
        for (index, role) in policy.roles.enumerated() where input.isWritten(role) && !bound.contains(index) {
            let isForUsers = input.manifest(of: role)?.isMeantForUsers ?? false
            add(
                role,
                index,
                grantee: isBare && !isForUsers ? .theOperator : .nobody(role: role.title),
                namespace: role.kind == .role ? role.namespace : nil,
                binding: nil
            )
        }
    }

    /// What one grantee holds.
    func held(by grantee: Grant.Grantee) -> [Grant] { known.filter { $0.grantee == grantee } }

    /// Whether the role is bound to the same grantee, and known here.
    func binds(_ unknown: UnknownGrant) -> Bool {
        bindings.contains(unknown)
    }

    /// Says `from` where `to` is said.
    mutating func rename(_ from: Grant.Grantee, to: Grant.Grantee) {
        for index in known.indices where known[index].grantee == from { known[index].grantee = to }
        for (grant, binding) in unknown where grant.grantee == from {
            unknown[grant] = nil
            var renamed = grant
            renamed.grantee = to
            unknown[renamed] = binding
        }
    }

    /// The role that was granted, as an index.
    private mutating func addGrants(of binding: Binding, _ index: Int, _ policy: Policy) -> Int? {
        let titles = binding.subjects.compactMap { $0.title(in: binding) }.uniqued()
        // Bound to nobody is not bound.
        guard !titles.isEmpty else { return nil }
        guard let role = policy.roleIndex(of: binding) else {
            for title in titles {
                let grant = UnknownGrant(grantee: .subject(title), namespace: binding.scope, role: binding.roleTitle)
                unknown[grant] = unknown[grant] ?? index
            }
            return nil
        }
        for title in titles {
            bindings.insert(
                UnknownGrant(grantee: .subject(title), namespace: binding.scope, role: binding.roleTitle)
            )
            add(policy.roles[role], role, grantee: .subject(title), namespace: binding.scope, binding: index)
        }
        return role
    }

    private mutating func add(_ role: Role, _ index: Int, grantee: Grant.Grantee, namespace: String?, binding: Int?) {
        for rule in role.rules {
            // Paths belong to no namespace, so nothing grants them in one.
            for half in rule.rule.halves where namespace == nil || !half.isPathHalf {
                known.append(
                    Grant(
                        grantee: grantee,
                        namespace: namespace,
                        half: half,
                        role: index,
                        source: rule.source,
                        binding: binding
                    )
                )
            }
        }
    }
}

extension Grant {
    /// Whether the other one holds wherever this does.
    func isWithin(_ other: Grant) -> Bool { other.namespace == nil || other.namespace == namespace }
}

extension Policy {
    /// The role that a binding refers to; a later one of the same name stands, as after `kubectl apply`.
    func roleIndex(of binding: Binding) -> Int? {
        guard let kind = Role.Kind(rawValue: binding.roleRef.kind) else { return nil }
        return roles.lastIndex { role in
            role.kind == kind && role.name == binding.roleRef.name
                && (kind == .clusterRole || role.namespace == binding.namespace)
        }
    }
}
