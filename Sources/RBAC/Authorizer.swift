/// Kubernetes' RBAC authorizer over a fixed policy.
///
/// Decides as `plugin/pkg/auth/authorizer/rbac/rbac.go` (v1.36) does over the rules as stored, and names the binding
/// and the rule that decided. Ask for the `access(of:)` a user once, then decide any number of requests with it.
package struct Authorizer: Sendable {
    /// The policy that is judged; the indices of a `Decision` point into it.
    package let policy: Policy
    /// Bindings by whom they name, each with the index of the first subject that matches; ascending.
    private let bindings: SubjectIndex

    /// Linear in the size of the policy.
    package init(policy: Policy) {
        self.policy = policy
        self.bindings = SubjectIndex(policy)
    }

    /// Resolves what one user holds. Linear in the bindings that name the user or one of the groups, and in the rules
    /// of their roles; what is bound to others costs nothing.
    package func access(of user: UserInfo) -> Access {
        Access(policy: policy, bindings: bindings.bindings(naming: user).map { ($0.binding, $0.subject) })
    }

    /// One decision for one user; for several decide with `access(of:)`.
    package func authorize(_ request: RequestAttributes, user: UserInfo) -> Decision {
        access(of: user).decide(request)
    }
}

/// The answer to one request. RBAC allows or has no opinion; it never denies.
package struct Decision: Sendable {
    /// What granted a request, as indices into the policy.
    package struct Grant: Hashable, Sendable {
        package var binding: Int
        package var role: Int
        /// Into the role's rules.
        package var rule: Int
        /// Into the binding's subjects.
        package var subject: Int

        package init(binding: Int, role: Int, rule: Int, subject: Int) {
            self.binding = binding
            self.role = role
            self.rule = rule
            self.subject = subject
        }
    }

    package let grant: Grant?
    private let access: Access
    private let namespace: String

    init(grant: Grant?, access: Access, namespace: String) {
        self.grant = grant
        self.access = access
        self.namespace = namespace
    }

    package var isAllowed: Bool { grant != nil }

    /// The bindings on the way that refer to no role that is there, as the API server words it. Empty where access is
    /// granted: the server drops them then.
    package var errors: [String] { isAllowed ? [] : access.errors(inNamespace: namespace) }

    /// The reason as an access review and an audit event carry it; built at each call.
    package var reason: String {
        if let grant { return access.reason(for: grant) }
        // Kubernetes: `utilerrors.NewAggregate` says each error once.
        var seen: Set<ByteKey> = []
        let errors = errors.filter { seen.insert(ByteKey($0)).inserted }
        switch errors.count {
        case 0: return ""
        case 1: return "RBAC: \(errors[0])"
        default: return "RBAC: [\(errors.joined(separator: ", "))]"
        }
    }
}

/// Bindings by the user or group that they name.
private struct SubjectIndex: Sendable {
    private var users: [ByteKey: [Entry]] = [:]
    private var groups: [ByteKey: [Entry]] = [:]

    struct Entry: Sendable {
        var binding: Int
        var subject: Int
    }

    init(_ policy: Policy) {
        for (bindingIndex, binding) in policy.bindings.enumerated() {
            for (subjectIndex, subject) in binding.subjects.enumerated() {
                let entry = Entry(binding: bindingIndex, subject: subjectIndex)
                switch subject.kind {
                case "User":
                    users[ByteKey(subject.name), default: []].append(entry)
                case "Group":
                    groups[ByteKey(subject.name), default: []].append(entry)
                case "ServiceAccount":
                    guard let name = subject.accountName(in: binding) else { continue }
                    users[ByteKey(name.userName), default: []].append(entry)
                default:
                    continue
                }
            }
        }
    }

    /// Each binding once, with its first matching subject, in the order of the policy.
    func bindings(naming user: UserInfo) -> [Entry] {
        var entries = users[ByteKey(user.name)] ?? []
        for group in user.groups { entries += groups[ByteKey(group)] ?? [] }
        entries.sort { ($0.binding, $0.subject) < ($1.binding, $1.subject) }
        var last = -1
        return entries.filter { entry in
            defer { last = entry.binding }
            return entry.binding != last
        }
    }
}

extension Subject {
    /// The service account that this names in a binding: a `RoleBinding`'s own namespace stands in for a missing one.
    package func accountName(in binding: Binding) -> ServiceAccountName? {
        let namespace = namespace.isEmpty ? binding.namespace : namespace
        return namespace.isEmpty ? nil : ServiceAccountName(namespace: namespace, name: name)
    }
}

extension Subject {
    /// Whether this subject of a binding stands for the user. Kubernetes: `rbac/validation.appliesToUser`.
    package func matches(_ user: UserInfo, in binding: Binding) -> Bool {
        switch kind {
        case "User": name.hasSameBytes(as: user.name)
        case "Group": user.groups.contains { $0.hasSameBytes(as: name) }
        case "ServiceAccount": accountName(in: binding)?.userName.hasSameBytes(as: user.name) ?? false
        default: false
        }
    }
}
