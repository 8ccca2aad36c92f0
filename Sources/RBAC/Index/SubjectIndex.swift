/// The bindings by whom they name.
struct SubjectIndex: Sendable {
    private struct Mention {
        /// Index into the bindings.
        var binding: Int
        /// Index into the binding's subjects.
        var subject: Int
    }

    private var users: [ByteKey: [Mention]] = [:]
    private var groups: [ByteKey: [Mention]] = [:]

    init(_ bindings: [Binding]) {
        for (position, binding) in bindings.enumerated() {
            for (number, subject) in binding.subjects.enumerated() {
                let mention = Mention(binding: position, subject: number)
                switch subject.kind {
                case "User":
                    users[ByteKey(subject.name), default: []].append(mention)
                case "Group":
                    groups[ByteKey(subject.name), default: []].append(mention)
                case "ServiceAccount":
                    guard let account = subject.accountName(in: binding) else { continue }
                    users[ByteKey(account.userName), default: []].append(mention)
                default:
                    continue
                }
            }
        }
    }

    /// The bindings that name the user, in their order, each with its first subject that is the user.
    func bindings(of user: UserInfo) -> [(binding: Int, subject: Int)] {
        var mentions = users[ByteKey(user.name)] ?? []
        for group in Set(user.groups.map(ByteKey.init)) { mentions += groups[group] ?? [] }
        mentions.sort { ($0.binding, $0.subject) < ($1.binding, $1.subject) }
        var result: [(binding: Int, subject: Int)] = []
        for mention in mentions where result.last?.binding != mention.binding {
            result.append((mention.binding, mention.subject))
        }
        return result
    }
}

extension Subject {
    /// The service account that this names in a binding: a `RoleBinding`'s own namespace stands in for a missing one.
    package func accountName(in binding: Binding) -> ServiceAccountName? {
        let outer = binding.kind == .roleBinding ? binding.namespace : ""
        let namespace = namespace.isEmpty ? outer : namespace
        return namespace.isEmpty ? nil : ServiceAccountName(namespace: namespace, name: name)
    }

    /// Whether this subject of a binding stands for the user. Kubernetes: `appliesToUser` in
    /// `pkg/registry/rbac/validation/rule.go`.
    package func matches(_ user: UserInfo, in binding: Binding) -> Bool {
        switch kind {
        case "User": name.hasSameBytes(as: user.name)
        case "Group": user.groups.contains { $0.hasSameBytes(as: name) }
        case "ServiceAccount": accountName(in: binding)?.userName.hasSameBytes(as: user.name) ?? false
        default: false
        }
    }
}
