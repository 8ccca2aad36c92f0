/// What one user holds: the rules of every binding that names the user, indexed by what they are about.
package struct Access: Sendable {
    private let storage: Storage

    init(policy: Policy, bindings: [(binding: Int, subject: Int)]) {
        storage = Storage(policy: policy, bindings: bindings)
    }

    /// Decides one request. Looks only at rules that name the resource (or a wildcard), and allocates nothing.
    ///
    /// Cluster role bindings come first; role bindings count in their own namespace only, and not at all for a request
    /// without one.
    package func decide(_ request: RequestAttributes) -> Decision {
        var grant = storage.clusterWide.firstGrant(of: request)
        if grant == nil, !request.namespace.isEmpty, let index = storage.namespace(request.namespace) {
            grant = storage.namespaces[index].rules.firstGrant(of: request)
        }
        return Decision(grant: grant, access: self, namespace: request.namespace)
    }

    /// Every grant of the request, not only the first one; in the order of evaluation.
    package func grants(of request: RequestAttributes) -> [Decision.Grant] {
        var grants = storage.clusterWide.allGrants(of: request)
        if !request.namespace.isEmpty, let index = storage.namespace(request.namespace) {
            grants += storage.namespaces[index].rules.allGrants(of: request)
        }
        return grants
    }

    /// The rules that hold everywhere, and those that hold in one namespace besides.
    package func rules(inNamespace namespace: String) -> [PolicyRule] {
        var rules = storage.clusterWide.rules
        if !namespace.isEmpty, let index = storage.namespace(namespace) {
            rules += storage.namespaces[index].rules.rules
        }
        return rules
    }

    /// The namespaces that role bindings grant this user something in, sorted.
    package var namespaces: [String] { storage.namespaces.map(\.name) }

    func errors(inNamespace namespace: String) -> [String] {
        var errors = storage.clusterWideErrors
        if !namespace.isEmpty, let index = storage.namespace(namespace) {
            errors += storage.namespaces[index].errors
        }
        return errors
    }

    /// Kubernetes: `rbac.clusterRoleBindingDescriber` and `roleBindingDescriber`.
    func reason(for grant: Decision.Grant) -> String {
        let binding = storage.policy.bindings[grant.binding]
        let subject = binding.subjects[grant.subject]
        let place = binding.kind == .roleBinding ? "\(binding.name)/\(binding.namespace)" : binding.name
        let who =
            subject.kind == "ServiceAccount"
            ? "\(subject.name)/\(subject.namespace.isEmpty ? binding.namespace : subject.namespace)" : subject.name
        return "RBAC: allowed by \(binding.kind.rawValue) \(goQuoted(place)) of \(binding.roleRef.kind) "
            + "\(goQuoted(binding.roleRef.name)) to \(subject.kind) \(goQuoted(who))"
    }

    /// Shared and immutable, so that a decision can carry it without a copy.
    private final class Storage: Sendable {
        struct Namespace: Sendable {
            var name: String
            var rules: RuleIndex
            var errors: [String]
        }

        let policy: Policy
        let clusterWide: RuleIndex
        let clusterWideErrors: [String]
        /// Sorted by the bytes of the name.
        let namespaces: [Namespace]

        init(policy: Policy, bindings: [(binding: Int, subject: Int)]) {
            self.policy = policy
            let roles = RoleTable(policy)
            var clusterWide = RuleIndex.Builder()
            var clusterWideErrors: [String] = []
            var builders: [ByteKey: (rules: RuleIndex.Builder, errors: [String])] = [:]
            for entry in bindings {
                let binding = policy.bindings[entry.binding]
                let resolved = roles.role(of: binding)
                switch (binding.kind, resolved) {
                case (.clusterRoleBinding, .found(let role)):
                    clusterWide.add(policy.roles[role], role: role, binding: entry.binding, subject: entry.subject)
                case (.clusterRoleBinding, .missing(let error)):
                    clusterWideErrors.append(error)
                case (.roleBinding, .found(let role)):
                    builders[ByteKey(binding.namespace), default: (.init(), [])].rules
                        .add(policy.roles[role], role: role, binding: entry.binding, subject: entry.subject)
                case (.roleBinding, .missing(let error)):
                    builders[ByteKey(binding.namespace), default: (.init(), [])].errors.append(error)
                }
            }
            self.clusterWide = clusterWide.index()
            self.clusterWideErrors = clusterWideErrors
            self.namespaces = builders.map { key, value in
                Namespace(name: key.text, rules: value.rules.index(), errors: value.errors)
            }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }

        /// Binary search.
        func namespace(_ name: String) -> Int? {
            var (low, high) = (0, namespaces.count)
            while low < high {
                let middle = (low + high) / 2
                if namespaces[middle].name.utf8.lexicographicallyPrecedes(name.utf8) {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            return low < namespaces.count && namespaces[low].name.hasSameBytes(as: name) ? low : nil
        }
    }
}

/// Roles by kind, namespace and name.
private struct RoleTable {
    enum Resolution {
        case found(Int)
        case missing(String)
    }

    private struct Key: Hashable {
        var kind: Role.Kind
        var namespace: ByteKey
        var name: ByteKey
    }

    private var roles: [Key: Int] = [:]

    init(_ policy: Policy) {
        for (index, role) in policy.roles.enumerated() {
            let namespace = role.kind == .role ? role.namespace : ""
            let key = Key(kind: role.kind, namespace: ByteKey(namespace), name: ByteKey(role.name))
            // An API server has one role of a name; of several here the first counts.
            if roles[key] == nil { roles[key] = index }
        }
    }

    /// Kubernetes: `DefaultRuleResolver.GetRoleReferenceRules`, with the API server's words for what is not there.
    func role(of binding: Binding) -> Resolution {
        guard let kind = Role.Kind(rawValue: binding.roleRef.kind) else {
            return .missing("unsupported role reference kind: \(goQuoted(binding.roleRef.kind))")
        }
        let namespace = kind == .role ? binding.namespace : ""
        let key = Key(kind: kind, namespace: ByteKey(namespace), name: ByteKey(binding.roleRef.name))
        // A cluster role binding has no namespace to look for a namespaced role in.
        let canExist = kind == .clusterRole || binding.kind == .roleBinding
        if canExist, let index = roles[key] { return .found(index) }
        let resource = kind == .role ? "role" : "clusterrole"
        return .missing("\(resource).rbac.authorization.k8s.io \(goQuoted(binding.roleRef.name)) not found")
    }
}
