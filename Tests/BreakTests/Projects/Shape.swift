import RBAC

/// A way in which the same permissions may be laid out.
enum Shape: String, CaseIterable, Sendable {
    /// As the files have it.
    case plain
    /// Cluster-wide bindings become RoleBindings in two namespaces.
    case twoNamespaces
    /// ClusterRoles become Roles of the operator's namespace.
    case namespaced
    /// The largest ClusterRole collects its rules from others by their labels.
    case aggregated
    /// One of the roles is given a second time, in one namespace, by another role.
    case doubled
    /// The operator is bound by a group of its.
    case byGroup
    /// The operator is bound by its user name.
    case byUser
}

extension Project {
    /// The project laid out in another way; `nil` where it cannot be.
    func shaped(_ shape: Shape, using random: inout some RandomNumberGenerator) -> Project? {
        var project = self
        project.name = "\(name), \(shape.rawValue)"
        switch shape {
        case .plain: return project
        case .twoNamespaces: return project.bindInTwoNamespaces() ? project : nil
        case .namespaced: return project.makeNamespaced() ? project : nil
        case .aggregated: return project.aggregate() ? project : nil
        case .doubled: return project.double(using: &random) ? project : nil
        case .byGroup:
            return project.rename(
                Subject(kind: "Group", apiGroup: api, name: "system:serviceaccounts:\(account.namespace)")
            )
        case .byUser: return project.rename(Subject(kind: "User", apiGroup: api, name: account.userName))
        }
    }

    private var api: String { "rbac.authorization.k8s.io" }

    private mutating func bindInTwoNamespaces() -> Bool {
        let wide = heldBindings.filter { objects.bindings[$0].kind == .clusterRoleBinding }
        for index in wide.reversed() {
            var bindings = ["blog", "shop"].map { namespace in
                var binding = objects.bindings[index]
                binding.kind = .roleBinding
                binding.namespace = namespace
                return binding
            }
            // The subject's namespace is not the binding's any more.
            for position in bindings.indices {
                bindings[position].subjects = bindings[position].subjects.filter { !$0.namespace.isEmpty }
            }
            guard bindings[0].names(account) else { return false }
            objects.bindings.replaceSubrange(index...index, with: bindings)
        }
        return !wide.isEmpty
    }

    private mutating func makeNamespaced() -> Bool {
        var hasChanged = false
        for index in heldRoles where objects.roles[index].role.kind == .clusterRole && !objects.roles[index].isBuiltIn {
            let bound = objects.bindings.indices.filter { objects.roleIndex(of: objects.bindings[$0]) == index }
            let isPlain = bound.count == 1 && objects.bindings[bound[0]].kind == .clusterRoleBinding
            guard isPlain, !objects.roles[index].isAggregated, objects.roles[index].labels.isEmpty else { continue }
            objects.roles[index].role.kind = .role
            objects.roles[index].role.namespace = account.namespace
            objects.roles[index].role.rules.removeAll { !$0.rule.nonResourceURLs.isEmpty }
            objects.bindings[bound[0]].kind = .roleBinding
            objects.bindings[bound[0]].namespace = account.namespace
            objects.bindings[bound[0]].roleRef.kind = "Role"
            hasChanged = true
        }
        return hasChanged
    }

    private mutating func aggregate() -> Bool {
        let candidates = heldRoles.filter { index in
            objects.roles[index].role.kind == .clusterRole && objects.roles[index].role.rules.count > 1
                && !objects.roles[index].isAggregated && !objects.roles[index].isBuiltIn
                && !objects.roles.contains { objects.roles[index].isCollected(by: $0) }
        }
        guard
            let index = candidates.max(by: { objects.roles[$0].role.rules.count < objects.roles[$1].role.rules.count })
        else { return false }
        let role = objects.roles[index].role
        let label = "example.com/part-of-\(role.name.filter { $0.isLetter || $0 == "-" }.prefix(40))"
        let half = role.rules.count / 2
        for (number, rules) in [role.rules[..<half], role.rules[half...]].enumerated() {
            let part = Role(kind: .clusterRole, name: "\(role.name)-part-\(number + 1)", rules: Array(rules))
            objects.roles.append(.init(role: part, labels: [label: "true", "app": "operator"]))
        }
        objects.roles[index].role.rules = []
        objects.roles[index].selectors = [[label: "true"]]
        return true
    }

    private mutating func double(using random: inout some RandomNumberGenerator) -> Bool {
        let candidates = heldRoles.filter { objects.roles[$0].role.rules.count > 1 }
        guard let index = candidates.randomElement(using: &random) else { return false }
        var copy = objects.roles[index]
        guard !copy.isAggregated, !copy.isBuiltIn else { return false }
        copy.role.name += "-extra"
        copy.labels = [:]
        copy.role.rules = copy.role.rules.filter { _ in Bool.random(using: &random) }
        guard !copy.role.rules.isEmpty else { return false }
        objects.roles.append(copy)
        var binding = binding(to: objects.roles.count - 1)
        if copy.role.kind == .clusterRole {
            binding.kind = .roleBinding
            binding.namespace = "blog"
        }
        objects.bindings.append(binding)
        return true
    }

    private mutating func rename(_ subject: Subject) -> Project? {
        guard let index = heldBindings.first else { return nil }
        objects.bindings[index].subjects = [subject]
        return self
    }
}
