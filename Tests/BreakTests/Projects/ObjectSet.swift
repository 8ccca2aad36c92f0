import RBAC

/// Roles and bindings as plain values: what lies in files, or what a cluster holds.
struct ObjectSet: Sendable {
    /// A role with what aggregation looks at.
    struct RoleObject: Sendable, Equatable {
        var role: Role
        var labels: [String: String] = [:]
        /// The `matchLabels` of each selector; empty for a role that collects none.
        var selectors: [[String: String]] = []
        /// Part of every cluster rather than of the files.
        var isBuiltIn = false

        var isAggregated: Bool { !selectors.isEmpty }

        func isCollected(by other: RoleObject) -> Bool {
            role.kind == .clusterRole && other.role.name != role.name
                && other.selectors.contains { selector in selector.allSatisfy { labels[$0.key] == $0.value } }
        }
    }

    var roles: [RoleObject] = []
    var bindings: [Binding] = []
    /// Service accounts that are defined.
    var accounts: [ServiceAccountName] = []

    /// The role that a binding refers to.
    func roleIndex(of binding: Binding) -> Int? {
        roles.firstIndex { object in
            object.role.kind.rawValue == binding.roleRef.kind && object.role.name == binding.roleRef.name
                && (object.role.kind == .clusterRole || object.role.namespace == binding.namespace)
        }
    }

    /// Whether no two objects have one name.
    var isUnambiguous: Bool {
        let roles = roles.map { "\($0.role.kind)/\($0.role.namespace)/\($0.role.name)" }
        let bindings = bindings.map { "\($0.kind)/\($0.namespace)/\($0.name)" }
        return Set(roles).count == roles.count && Set(bindings).count == bindings.count
    }

    /// Whether an API server takes it: not every file that was published is right.
    var isValid: Bool {
        bindings.allSatisfy { binding in
            binding.kind == .roleBinding
                || binding.subjects.allSatisfy { $0.kind != "ServiceAccount" || !$0.namespace.isEmpty }
        }
    }

    func bindings(of role: Int) -> [Binding] { bindings.filter { roleIndex(of: $0) == role } }

    /// The rules that a cluster would store: aggregation takes the place of what is typed.
    func storedRules(_ index: Int, leavingOut seen: Set<Int> = []) -> [PolicyRule] {
        guard roles[index].isAggregated else { return roles[index].role.rules.map(\.rule) }
        return roles.indices.filter { !seen.contains($0) && roles[$0].isCollected(by: roles[index]) }
            .flatMap { storedRules($0, leavingOut: seen.union([index])) }
    }

    /// What a cluster's RBAC authorizer would look at.
    var policy: Policy {
        let stored = roles.indices.map { index in
            Role(
                kind: roles[index].role.kind,
                namespace: roles[index].role.namespace,
                name: roles[index].role.name,
                rules: storedRules(index).map { Role.Rule($0) }
            )
        }
        return Policy(roles: stored, bindings: bindings)
    }
}

extension Binding {
    func names(_ account: ServiceAccountName) -> Bool {
        subjects.contains { subject in
            switch subject.kind {
            case "User": subject.name == account.userName
            case "Group": account.user.groups.contains(subject.name)
            case "ServiceAccount":
                subject.name == account.name
                    && (subject.namespace.isEmpty ? namespace : subject.namespace) == account.namespace
            default: false
            }
        }
    }
}
