import RBAC

/// An RBAC object as its JSON or YAML spells it, of which the tests read roles and bindings.
struct KubernetesObject: Decodable {
    struct Metadata: Decodable {
        var name: String
        var namespace: String?
        var labels: [String: String]?
    }

    struct Rule: Decodable {
        var verbs: [String]?
        var apiGroups: [String]?
        var resources: [String]?
        var resourceNames: [String]?
        var nonResourceURLs: [String]?
    }

    struct SubjectReference: Decodable {
        var kind: String
        var apiGroup: String?
        var name: String
        var namespace: String?
    }

    struct RoleReference: Decodable {
        var apiGroup: String
        var kind: String
        var name: String
    }

    var kind: String
    var metadata: Metadata
    var rules: [Rule]?
    var roleRef: RoleReference?
    var subjects: [SubjectReference]?

    /// `nil` of what is no role.
    var role: Role? {
        guard let kind = Role.Kind(rawValue: kind) else { return nil }
        let rules = (rules ?? []).map { rule in
            Role.Rule(
                PolicyRule(
                    verbs: rule.verbs ?? [],
                    apiGroups: rule.apiGroups ?? [],
                    resources: rule.resources ?? [],
                    resourceNames: rule.resourceNames ?? [],
                    nonResourceURLs: rule.nonResourceURLs ?? []
                )
            )
        }
        return Role(kind: kind, namespace: metadata.namespace ?? "", name: metadata.name, rules: rules)
    }

    /// `nil` of what is no binding.
    var binding: Binding? {
        guard let kind = Binding.Kind(rawValue: kind), let roleRef else { return nil }
        return Binding(
            kind: kind,
            namespace: metadata.namespace ?? "",
            name: metadata.name,
            roleRef: RoleRef(apiGroup: roleRef.apiGroup, kind: roleRef.kind, name: roleRef.name),
            subjects: (subjects ?? []).map {
                Subject(kind: $0.kind, apiGroup: $0.apiGroup ?? "", name: $0.name, namespace: $0.namespace ?? "")
            }
        )
    }
}

extension Policy {
    /// The roles and bindings among the objects, in their order.
    init(objects: [KubernetesObject]) {
        self.init(roles: objects.compactMap(\.role), bindings: objects.compactMap(\.binding))
    }
}
