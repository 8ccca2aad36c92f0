package import RBAC

/// What a `SourceID` of a declared policy stands for, as indices into the manifest set.
package enum ManifestSource: Hashable, Sendable {
    case role(Int)
    case rule(role: Int, rule: Int)
    case binding(Int)
    case subject(binding: Int, subject: Int)
}

/// The manifests as the API server would store them, with the way back to the files.
package struct DeclaredPolicy: Sendable {
    package private(set) var policy = Policy()
    private var sources: [ManifestSource] = []
    /// Aggregated cluster roles whose typed-in rules the controller replaces: indices into the set's roles.
    package internal(set) var rolesWithLostRules: [Int] = []

    /// Where something of the policy is written; `nil` for what no file holds, such as a built-in role.
    package subscript(_ id: SourceID) -> ManifestSource? {
        sources.indices.contains(id.rawValue) ? sources[id.rawValue] : nil
    }

    mutating func register(_ source: ManifestSource) -> SourceID {
        sources.append(source)
        return SourceID(sources.count - 1)
    }

    mutating func append(_ role: Role) { policy.roles.append(role) }
    mutating func append(_ binding: Binding) { policy.bindings.append(binding) }
}

extension ManifestSet {
    /// Roles and bindings with the names and namespaces that the cluster will have, aggregated roles filled in.
    ///
    /// A rule of an aggregated role points at the role where it is typed. Built-in cluster roles that a binding refers to
    /// are there too, without a source; `admin`, `edit` and `view` collect the manifests' labelled roles.
    ///
    /// - Parameter defaultNamespace: of namespaced objects that the manifests give none; the operator's.
    package func declaredPolicy(defaultNamespace: String) -> DeclaredPolicy {
        var declared = DeclaredPolicy()
        let typed = roles.indices.map { roleIndex in
            roles[roleIndex].rules.indices.map { ruleIndex in
                Role.Rule(
                    roles[roleIndex].rules[ruleIndex].rule,
                    source: declared.register(.rule(role: roleIndex, rule: ruleIndex))
                )
            }
        }
        let filled = filledRules(typed)
        for (index, role) in roles.enumerated() {
            if role.isFilled, !role.rules.isEmpty { declared.rolesWithLostRules.append(index) }
            declared.append(
                Role(
                    kind: role.kind,
                    namespace: role.kind == .role ? namespace(of: role.identity, defaultNamespace) : "",
                    name: role.identity.name,
                    rules: role.isFilled ? filled[role.identity.name] ?? [] : typed[index],
                    source: declared.register(.role(index))
                )
            )
        }
        addBuiltinRoles(to: &declared, filled)
        addBindings(to: &declared, defaultNamespace)
        return declared
    }

    private func addBindings(to declared: inout DeclaredPolicy, _ defaultNamespace: String) {
        for (index, binding) in bindings.enumerated() {
            var subjects = binding.subjects
            for position in subjects.indices {
                subjects[position].source = declared.register(.subject(binding: index, subject: position))
            }
            declared.append(
                Binding(
                    kind: binding.kind,
                    namespace: binding.kind == .roleBinding ? namespace(of: binding.identity, defaultNamespace) : "",
                    name: binding.identity.name,
                    roleRef: binding.roleRef,
                    subjects: subjects,
                    source: declared.register(.binding(index))
                )
            )
        }
    }

    private func namespace(of identity: ObjectIdentity, _ defaultNamespace: String) -> String {
        identity.namespace.isEmpty ? defaultNamespace : identity.namespace
    }

    // MARK: - Aggregated and built-in roles

    /// The rules of every aggregated cluster role that matters here, by name.
    private func filledRules(_ typed: [[Role.Rule]]) -> [String: [Role.Rule]] {
        let bound = Set(bindings.lazy.filter { $0.roleRef.kind == "ClusterRole" }.map(\.roleRef.name))
        guard roles.contains(where: \.isFilled) || ["admin", "edit", "view"].contains(where: bound.contains) else {
            return [:]
        }
        var members = roles.indices.filter { roles[$0].kind == .clusterRole }.map { index in
            Aggregation.Member(
                name: roles[index].identity.name,
                labels: roles[index].labels,
                selectors: roles[index].isFilled ? roles[index].aggregation?.selectors : nil,
                rules: typed[index]
            )
        }
        let own = Set(members.map(\.name))
        members += Aggregation.Member.builtins.filter { !own.contains($0.name) }
        let filled = Aggregation(members).members.filter { $0.selectors != nil }
        return Dictionary(filled.map { ($0.name, $0.rules) }) { $1 }
    }

    /// A binding to `view` or `system:auth-delegator` is understood without a cluster: upstream's built-in cluster roles
    /// are known by name.
    private func addBuiltinRoles(to declared: inout DeclaredPolicy, _ filled: [String: [Role.Rule]]) {
        var names = Set(roles.filter { $0.kind == .clusterRole }.map(\.identity.name))
        for binding in bindings where binding.roleRef.kind == "ClusterRole" {
            guard names.insert(binding.roleRef.name).inserted,
                var role = BootstrapPolicy.clusterRole(named: binding.roleRef.name)
            else { continue }
            role.rules = filled[role.name] ?? role.rules
            declared.append(role)
        }
    }
}

extension RoleManifest {
    /// Whether the controller fills it: an aggregated cluster role that is no dump, whose stored rules count.
    fileprivate var isFilled: Bool { kind == .clusterRole && aggregation != nil && !isClusterDump }
}
