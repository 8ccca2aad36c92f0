import RBAC
import TestSupport

/// Policies and requests of few words, so that most requests nearly meet some rule, among the words those that look alike:
/// stars that are patterns and stars that are not, one character spelled two ways, cases, empty texts.
struct PolicyGenerator {
    var random: SeededGenerator

    /// Two spellings each of one character, the second pair of the same length.
    static let accents = ["caf\u{e9}", "cafe\u{301}", "\u{212b}", "A\u{30a}"]
    static let verbs = ["get", "list", "watch", "create", "GET", "*", "", "use", "get*"]
    static let groups = ["", "apps", "*", "core", "apps/v1", "APPS", "a-group-with-a-long-name.example.com"]
    static let resources = [
        "pods", "pods/log", "pods/status", "*", "*/log", "*/status", "*/*", "pods/*", "pods/", "*/", "", "Pods", "pod",
        "deployments", "deployments/scale", "*/scale", "a/b/c", "*/b/c", "*/c", "customresourcedefinitions/finalizers",
        "/", "/log",
    ]
    static let names = ["", "a", "b", "*", "a*", "A"] + accents
    static let namespaces = ["", "a", "b", "c"]
    static let paths =
        [
            "", "/", "*", "**", "/healthz", "/healthz/", "/healthz/*", "/healthz*", "/healthz/etcd", "*/healthz",
            "/a/*/b",
            "/foo*bar*", "/foo*barbaz", "/foo", "/Healthz", "/healthz/**",
        ] + accents
    static let roleNames = ["one", "two", "three"] + accents
    static let userNames =
        ["alice", "bob", "system:serviceaccount:a:one", "system:serviceaccount:b:one", "a:one"] + accents
    static let groupNames = ["dev", "system:authenticated", "system:serviceaccounts:a", "alice", "*"] + accents

    mutating func policy() -> Policy {
        // Now and then more words than a machine word has bits.
        let isWide = random.once(in: 20)
        let roles = (0...random.below(6)).map { _ in role(isWide: isWide) }
        return Policy(roles: roles, bindings: (0..<random.below(12)).map { _ in binding(to: roles) })
    }

    private mutating func role(isWide: Bool) -> Role {
        let kind = random.pick(Role.Kind.allCases)
        return Role(
            kind: kind,
            namespace: kind == .clusterRole ? "" : random.pick(Self.namespaces),
            name: random.pick(Self.roleNames),
            rules: (0...random.below(4)).map { _ in Role.Rule(rule(isWide: isWide)) }
        )
    }

    mutating func rule(isWide: Bool = false) -> PolicyRule {
        var rule = PolicyRule(verbs: [random.pick(Self.verbs)] + random.some(Self.verbs, upTo: 2))
        if random.once(in: 4) || random.once(in: 20) {
            rule.nonResourceURLs = random.some(Self.paths, upTo: 3)
        }
        if rule.nonResourceURLs.isEmpty || random.once(in: 10) {
            rule.apiGroups = [random.pick(Self.groups)] + random.some(Self.groups, upTo: 2)
            rule.resources = [random.pick(Self.resources)] + random.some(Self.resources, upTo: 3)
            if random.once(in: 3) { rule.resourceNames = random.some(Self.names, upTo: 3) }
        }
        if random.once(in: 10) { rule.clearOneList(&random) }
        if isWide {
            rule.verbs += (0..<random.below(60)).map { _ in "verb-\(random.below(200))" }
            rule.apiGroups += (0..<random.below(60)).map { _ in "group-\(random.below(200))" }
        }
        return rule
    }

    /// Mostly to a role that is there, and where it is.
    private mutating func binding(to roles: [Role]) -> Binding {
        guard let role = roles.isEmpty ? nil : random.pick(roles), !random.once(in: 6) else { return looseBinding() }
        let kind = role.kind == .role ? Binding.Kind.roleBinding : random.pick(Binding.Kind.allCases)
        let namespace = role.kind == .role && !random.once(in: 6) ? role.namespace : random.pick(Self.namespaces)
        return binding(kind, namespace: namespace, RoleRef(kind: role.kind.rawValue, name: role.name))
    }

    private mutating func looseBinding() -> Binding {
        let roleKind = random.once(in: 3) ? random.pick(["", "role", "Group"]) : random.pick(["Role", "ClusterRole"])
        let roleRef = RoleRef(kind: roleKind, name: random.pick(Self.roleNames))
        return binding(random.pick(Binding.Kind.allCases), namespace: random.pick(Self.namespaces), roleRef)
    }

    private mutating func binding(_ kind: Binding.Kind, namespace: String, _ roleRef: RoleRef) -> Binding {
        Binding(
            kind: kind,
            namespace: kind == .clusterRoleBinding ? "" : namespace,
            name: "binding-\(random.below(4))",
            roleRef: roleRef,
            subjects: (random.once(in: 10) ? 1..<1 : 0..<(1 + random.below(3))).map { _ in subject() }
        )
    }

    private mutating func subject() -> Subject {
        switch random.below(10) {
        case 0..<3: Subject(kind: "User", name: random.pick(Self.userNames))
        case 3..<6: Subject(kind: "Group", name: random.pick(Self.groupNames))
        case 6..<9:
            Subject(kind: "ServiceAccount", name: random.pick(["one", "two"]), namespace: random.pick(Self.namespaces))
        default: Subject(kind: random.pick(["user", "", "Robot"]), name: random.pick(Self.userNames))
        }
    }

    /// Mostly somebody whom a binding names.
    mutating func user(near policy: Policy) -> UserInfo {
        var user = UserInfo(name: random.pick(Self.userNames), groups: random.some(Self.groupNames, upTo: 3))
        for binding in random.some(policy.bindings, upTo: 6) {
            guard let subject = binding.subjects.first else { continue }
            switch subject.kind {
            case "Group": user.groups.append(subject.name)
            case "ServiceAccount":
                let namespace = subject.namespace.isEmpty ? binding.namespace : subject.namespace
                user.name = "system:serviceaccount:\(namespace):\(subject.name)"
            default: user.name = subject.name
            }
        }
        return user
    }

    /// A request made of the words of one of the policy's rules, mostly one that is bound to the user, a part of it changed
    /// now and then.
    mutating func request(near policy: Policy, of user: UserInfo) -> RequestAttributes {
        let bound = policy.bindings.filter { binding in binding.subjects.contains { $0.matches(user, in: binding) } }
        guard let binding = bound.isEmpty ? nil : random.pick(bound), !random.once(in: 6) else {
            return request(near: policy.roles.flatMap { $0.rules.map(\.rule) })
        }
        let roles = policy.roles.filter { $0.name == binding.roleRef.name && $0.kind.rawValue == binding.roleRef.kind }
        var request = request(near: roles.flatMap { $0.rules.map(\.rule) })
        if binding.kind == .roleBinding, !random.once(in: 6) { request.namespace = binding.namespace }
        return request
    }

    mutating func request(near rules: [PolicyRule]) -> RequestAttributes {
        let rule = rules.isEmpty ? self.rule() : random.pick(rules)
        let verb = random.pick(rule.verbs, or: Self.verbs)
        let namespace = random.pick(Self.namespaces)
        if !rule.nonResourceURLs.isEmpty, !random.once(in: 8) {
            var request = RequestAttributes(verb: verb, nonResourceURL: path(near: rule))
            if random.once(in: 4) { request.namespace = namespace }
            return request
        }
        let resource = random.pick(rule.resources, or: Self.resources)
        let parts = split(resource)
        var request = RequestAttributes(
            verb: verb,
            group: random.pick(rule.apiGroups, or: Self.groups),
            resource: parts.resource,
            subresource: parts.subresource,
            namespace: namespace,
            name: random.pick(rule.resourceNames, or: Self.names)
        )
        if random.once(in: 3) { change(&request) }
        return request
    }

    private mutating func path(near rule: PolicyRule) -> String {
        let path = random.pick(rule.nonResourceURLs, or: Self.paths)
        switch random.below(4) {
        case 0: return path + random.pick(["/", "x", "*"])
        case 1: return String(path.dropLast())
        default: return path
        }
    }

    /// At a slash, at any of them, or nowhere: a review may put the whole text into the resource.
    private mutating func split(_ text: String) -> (resource: String, subresource: String) {
        let slashes = text.indices.filter { text[$0] == "/" }
        guard let slash = slashes.isEmpty ? nil : random.pick(slashes), !random.once(in: 8) else { return (text, "") }
        let resource = text[..<slash] == "*" ? random.pick(["pods", "deployments"]) : String(text[..<slash])
        return (resource, String(text[text.index(after: slash)...]))
    }

    private mutating func change(_ request: inout RequestAttributes) {
        switch random.below(5) {
        case 0: request.verb = random.pick(Self.verbs)
        case 1: request.group = random.pick(Self.groups)
        case 2: request.subresource = random.pick(["", "log", "status", "scale", "b/c"])
        case 3: request.resource = random.pick(["pods", "deployments", "a", "a/b", "*", ""])
        default: request.name = random.pick(Self.names)
        }
    }
}

extension PolicyRule {
    fileprivate mutating func clearOneList(_ random: inout SeededGenerator) {
        switch random.below(3) {
        case 0: verbs = []
        case 1: apiGroups = []
        default: resources = []
        }
    }
}
