/// The rules that one user holds, indexed by what they name; made once and then only read.
///
/// Its size is that of the bound roles plus the bindings, however often a role is bound: rules are compiled once a role, and
/// each scope says which roles it grants.
final class AccessIndex: Sendable {
    /// A rule as a decision looks at it.
    struct Rule {
        var verbs: UInt64
        /// Any where the rule has none: then no list of resources has it.
        var groups: UInt64
        var names: UInt64
        /// Index into `roles`.
        var slot: UInt32
        /// Index into the role's rules.
        var position: UInt32
    }

    /// What the role bindings of one namespace grant to the user.
    struct Scope {
        var bound: [BoundRole] = []
        /// The first binding of each role, by ascending slot.
        var grants: [(slot: UInt32, bound: BoundRole)] = []
        /// The rules of the namespace's own roles.
        var rules = RuleLists.empty
    }

    let user: UserInfo
    let policy: Policy
    /// Index into `Policy.roles` by slot: first the roles that cluster role bindings grant, in the order of those.
    let roles: [Int]
    /// By slot, for the first ones: the first cluster role binding of the role.
    let clusterGrants: [BoundRole]
    let clusterBound: [BoundRole]
    let namespaces: NameTable
    /// By the number of the namespace.
    let scopes: [Scope]
    /// By slot and position in the role, so that the lower number of two that a cluster role binding grants is the one met
    /// first.
    let rules: [Rule]
    let verbs: MaskedNames
    let groups: MaskedNames
    let names: MaskedNames
    /// Whether the bits of a rule are proof.
    let isExact: Bool
    /// The rules of cluster roles, however they are bound.
    let clusterRules: RuleLists
    let things: NamedThings

    /// `bound` are the bindings that name the user, in the order of the policy.
    init(user: UserInfo, policy: Policy, bound: [BoundRole]) {
        var layout = Layout(policy: policy)
        for entry in bound { layout.add(entry) }
        layout.assignSlots()

        var compiler = Compiler()
        for (slot, role) in layout.roles.enumerated() {
            compiler.add(policy.roles[role], slot: slot, namespace: layout.namespace(ofRole: role))
        }
        var things = NamedThings()
        clusterRules = RuleLists(compiler.clusterRules, naming: &things)
        var scopes = layout.scopes
        for (namespace, rules) in compiler.localRules {
            scopes[namespace].rules = RuleLists(rules, naming: &things)
        }
        self.things = things

        self.user = user
        self.policy = policy
        roles = layout.roles
        clusterGrants = layout.clusterGrants
        clusterBound = layout.clusterBound
        namespaces = layout.namespaces
        self.scopes = scopes
        rules = compiler.rules
        verbs = compiler.verbs
        groups = compiler.groups
        names = compiler.names
        isExact = compiler.verbs.isExact && compiler.groups.isExact && compiler.names.isExact
    }

    /// The bindings that a request in the scope visits, in the order of evaluation.
    func bound(scope: Int?) -> [BoundRole] {
        guard let scope else { return clusterBound }
        return clusterBound + scopes[scope].bound
    }

    /// The scope of a namespace in which something is bound to the user.
    func scope(of namespace: String) -> Int? {
        namespace.isEmpty ? nil : namespaces.find(namespace)
    }
}

/// Sorts what is bound into scopes, and gives the roles their slots.
private struct Layout {
    var policy: Policy
    var roles: [Int] = []
    var clusterGrants: [BoundRole] = []
    var clusterBound: [BoundRole] = []
    var namespaces = NameTable()
    var scopes: [AccessIndex.Scope] = []
    private var slots: [Int: UInt32] = [:]

    init(policy: Policy) { self.policy = policy }

    mutating func add(_ entry: BoundRole) {
        let binding = policy.bindings[entry.binding]
        guard binding.kind == .roleBinding else {
            clusterBound.append(entry)
            return
        }
        // No request is in the namespace of an empty name.
        guard !binding.namespace.isEmpty else { return }
        let scope = namespaces.insert(binding.namespace)
        if scope == scopes.count { scopes.append(AccessIndex.Scope()) }
        scopes[scope].bound.append(entry)
    }

    /// A role that a scope grants several times counts where it is first: what it grants is met there.
    mutating func assignSlots() {
        for entry in clusterBound {
            guard let role = entry.role, slots[role] == nil else { continue }
            _ = slot(of: role)
            clusterGrants.append(entry)
        }
        for scope in scopes.indices {
            var seen: Set<UInt32> = []
            for entry in scopes[scope].bound {
                guard let role = entry.role else { continue }
                let slot = slot(of: role)
                if seen.insert(slot).inserted { scopes[scope].grants.append((slot, entry)) }
            }
            scopes[scope].grants.sort { $0.slot < $1.slot }
        }
    }

    /// The number of the namespace that a role belongs to; `nil` of a cluster role.
    func namespace(ofRole role: Int) -> Int? {
        policy.roles[role].kind == .role ? namespaces.find(policy.roles[role].namespace) : nil
    }

    private mutating func slot(of role: Int) -> UInt32 {
        if let slot = slots[role] { return slot }
        let slot = UInt32(truncatingIfNeeded: roles.count)
        slots[role] = slot
        roles.append(role)
        return slot
    }
}

/// Turns rules into bits, and sorts them by where they count.
private struct Compiler {
    var rules: [AccessIndex.Rule] = []
    var verbs = MaskedNames()
    var groups = MaskedNames()
    var names = MaskedNames()
    var clusterRules: [(number: UInt32, rule: PolicyRule)] = []
    var localRules: [Int: [(number: UInt32, rule: PolicyRule)]] = [:]

    mutating func add(_ role: Role, slot: Int, namespace: Int?) {
        for (position, entry) in role.rules.enumerated() {
            let rule = entry.rule
            let numbered = (number: UInt32(truncatingIfNeeded: rules.count), rule: rule)
            rules.append(
                AccessIndex.Rule(
                    verbs: verbs.add(rule.verbs, isAny: rule.verbs.contains(where: \.isStar)),
                    groups: groups.add(
                        rule.apiGroups,
                        isAny: rule.apiGroups.isEmpty || rule.apiGroups.contains(where: \.isStar)
                    ),
                    names: names.add(rule.resourceNames, isAny: rule.resourceNames.isEmpty),
                    slot: UInt32(truncatingIfNeeded: slot),
                    position: UInt32(truncatingIfNeeded: position)
                )
            )
            if let namespace {
                localRules[namespace, default: []].append(numbered)
            } else {
                clusterRules.append(numbered)
            }
        }
    }
}
