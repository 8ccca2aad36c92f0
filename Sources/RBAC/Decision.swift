/// What the authorizer says to one request, and why.
///
/// RBAC allows or has no opinion; it never denies.
package struct Decision: Sendable {
    /// What decided, by position in the policy.
    package struct Grant: Hashable, Sendable {
        /// Index into `Policy.bindings`.
        package var binding: Int
        /// Index into `Policy.roles`.
        package var role: Int
        /// Index into `Role.rules`.
        package var rule: Int
        /// Index into `Binding.subjects`: the first that is this user.
        package var subject: Int

        package init(binding: Int, role: Int, rule: Int, subject: Int) {
            self.binding = binding
            self.role = role
            self.rule = rule
            self.subject = subject
        }
    }

    /// `nil` where nothing grants the request.
    package let grant: Grant?
    private let access: Access
    private let namespace: String

    init(grant: Grant?, access: Access, namespace: String) {
        self.grant = grant
        self.access = access
        self.namespace = namespace
    }

    package var isAllowed: Bool { grant != nil }

    /// The bindings of this user and scope whose role is not there, in the order of evaluation; empty where the request
    /// is allowed, since nothing is told of them then.
    package var errors: [BrokenReference] {
        isAllowed ? [] : access.brokenReferences(namespace: namespace)
    }

    /// The text that Kubernetes gives: in the audit event's `authorization.k8s.io/reason`, in an access review's `reason`
    /// and at the end of a refusal. Empty where nothing grants and nothing is broken.
    package var reason: String {
        guard let grant else { return BrokenReference.reason(errors) }
        let binding = access.policy.bindings[grant.binding]
        return "RBAC: allowed by \(binding.description(grantingTo: grant.subject))"
    }
}

/// A binding to a role that does not exist, or of a kind that none can have.
package struct BrokenReference: Hashable, Sendable {
    /// Index into `Policy.bindings`.
    package var binding: Int
    package var roleRef: RoleRef

    package init(binding: Int, roleRef: RoleRef) {
        self.binding = binding
        self.roleRef = roleRef
    }

    /// The error as Kubernetes words it.
    package var message: String {
        switch roleRef.kind {
        case "Role", "ClusterRole":
            "\(roleRef.kind.lowercased()).rbac.authorization.k8s.io \(goQuoted(roleRef.name)) not found"
        default:
            "unsupported role reference kind: \(goQuoted(roleRef.kind))"
        }
    }

    /// The reason that several errors make. Kubernetes: `errors.NewAggregate`, which drops repetitions.
    static func reason(_ errors: [BrokenReference]) -> String {
        var messages: [String] = []
        for error in errors where !messages.containsExactly(error.message) { messages.append(error.message) }
        switch messages.count {
        case 0: return ""
        case 1: return "RBAC: \(messages[0])"
        default: return "RBAC: [\(messages.joined(separator: ", "))]"
        }
    }
}

extension Binding {
    /// The binding, its role and one of its subjects as reasons name them.
    ///
    /// Kubernetes: `clusterRoleBindingDescriber`, `roleBindingDescriber` and `describeSubject` in
    /// `pkg/registry/rbac/validation/rule.go`. Names stand before namespaces there.
    func description(grantingTo index: Int) -> String {
        let label = kind == .clusterRoleBinding ? name : "\(name)/\(namespace)"
        let subject = subjects[index]
        var subjectName = subject.name
        if subject.kind == "ServiceAccount" {
            subjectName += "/" + (subject.namespace.isEmpty ? namespace : subject.namespace)
        }
        return "\(kind.rawValue) \(goQuoted(label)) of \(roleRef.kind) \(goQuoted(roleRef.name)) "
            + "to \(subject.kind) \(goQuoted(subjectName))"
    }
}
