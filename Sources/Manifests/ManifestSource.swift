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
    /// - Parameter defaultNamespace: of namespaced objects that the manifests give none; the operator's.
    package func declaredPolicy(defaultNamespace: String) -> DeclaredPolicy {
        var declared = DeclaredPolicy()
        var rulesOfRoles: [[Role.Rule]] = []
        for (roleIndex, role) in roles.enumerated() {
            var rules: [Role.Rule] = []
            for (ruleIndex, rule) in role.rules.enumerated() {
                rules.append(Role.Rule(rule.rule, source: declared.register(.rule(role: roleIndex, rule: ruleIndex))))
            }
            rulesOfRoles.append(rules)
        }
        let aggregation = Aggregation(roles: roles, rules: rulesOfRoles)
        for (roleIndex, role) in roles.enumerated() {
            var rules = rulesOfRoles[roleIndex]
            if role.kind == .clusterRole, role.aggregation != nil, !role.isClusterDump {
                if !rules.isEmpty { declared.rolesWithLostRules.append(roleIndex) }
                rules = aggregation.rules(ofRole: roleIndex)
            }
            declared.append(
                Role(
                    kind: role.kind,
                    namespace: role.kind == .role ? namespace(of: role.identity, defaultNamespace) : "",
                    name: role.identity.name,
                    rules: rules,
                    source: declared.register(.role(roleIndex))
                )
            )
        }
        addBuiltinRoles(to: &declared, aggregation)
        for (bindingIndex, binding) in bindings.enumerated() {
            var subjects = binding.subjects
            for index in subjects.indices {
                subjects[index].source = declared.register(.subject(binding: bindingIndex, subject: index))
            }
            declared.append(
                Binding(
                    kind: binding.kind,
                    namespace: binding.kind == .roleBinding ? namespace(of: binding.identity, defaultNamespace) : "",
                    name: binding.identity.name,
                    roleRef: binding.roleRef,
                    subjects: subjects,
                    source: declared.register(.binding(bindingIndex))
                )
            )
        }
        return declared
    }

    private func namespace(of identity: ObjectIdentity, _ defaultNamespace: String) -> String {
        identity.namespace.isEmpty ? defaultNamespace : identity.namespace
    }

    /// A binding to `view` or `system:auth-delegator` is understood without a cluster: upstream's built-in cluster
    /// roles are known by name. The aggregated ones also collect the manifests' labelled roles.
    private func addBuiltinRoles(to declared: inout DeclaredPolicy, _ aggregation: Aggregation) {
        var names = Set(
            roles.filter { $0.kind == .clusterRole }.map(\.identity.name)
        )
        for binding in bindings where binding.roleRef.kind == "ClusterRole" {
            guard names.insert(binding.roleRef.name).inserted,
                var role = BootstrapPolicy.clusterRole(named: binding.roleRef.name)
            else { continue }
            if let label = BootstrapPolicy.aggregationLabel(ofClusterRole: role.name) {
                let known = Set(role.rules.map(\.rule))
                role.rules += aggregation.rules(labelled: label).filter { !known.contains($0.rule) }
            }
            declared.append(role)
        }
    }
}
