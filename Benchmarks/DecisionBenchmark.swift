import RBAC

/// Decisions of the authorizer, by the size of the policy and by how much of it is bound to who asks.
///
/// The peer is an evaluator in the manner of Kubernetes' own: it walks every binding in order, asks each whether it names the
/// user, finds the role by name and tries its rules one after another.
enum DecisionBenchmark {
    static func run(_ settings: Measurement.Settings) {
        print("decisions (a second of processor time on one thread, by the median of five rounds)")
        let user = ServiceAccountName(namespace: "team-0", name: "operator-0").user
        for (name, bound) in [("5 bound to the user", 5), ("all bound to the user", 150)] {
            let policy = SamplePolicy.policy(roles: 150, bound: bound)
            let walk = LinearWalk(policy)
            let title = "150 roles and bindings, \(name)"
            let peer = report("\(title): peer", settings) { count in
                allowed(count) { walk.isAllowed($0, user) }
            }
            let access = Authorizer(policy: policy).access(of: user)
            report("\(title): Access.decide", settings, against: peer) { count in
                allowed(count) { access.decide($0).isAllowed }
            }
            let authorizer = Authorizer(policy: policy)
            report("\(title): Authorizer.authorize", settings, against: peer) { count in
                allowed(count) { authorizer.authorize($0, user: user).isAllowed }
            }
        }
        for roles in [15, 150, 1_500, 15_000] {
            let access = Authorizer(policy: SamplePolicy.policy(roles: roles, bound: 5)).access(of: user)
            report("\(roles) roles and bindings, 5 bound to the user: Access.decide", settings) { count in
                allowed(count) { access.decide($0).isAllowed }
            }
        }
        let authorizer = Authorizer(policy: SamplePolicy.policy(roles: 150, bound: 150))
        report("150 roles and bindings, all bound to the user: resolving", settings) { count in
            (0..<count).reduce(0) { sum, _ in sum &+ authorizer.access(of: user).user.groups.count }
        }
    }

    /// How many of `count` requests are allowed.
    private static func allowed(_ count: Int, _ decide: (RequestAttributes) -> Bool) -> Int {
        let requests = SamplePolicy.requests
        var allowed = 0
        var next = 0
        for _ in 0..<count {
            if decide(requests[next]) { allowed += 1 }
            next += 1
            if next == requests.count { next = 0 }
        }
        return allowed
    }
}

/// Roles as operators have them, and requests that they grant, nearly grant and do not grant.
enum SamplePolicy {
    private static let resources = [
        ("", "pods"), ("", "configmaps"), ("", "secrets"), ("", "services"), ("", "events"), ("apps", "deployments"),
        ("apps", "statefulsets"), ("batch", "jobs"), ("networking.k8s.io", "ingresses"),
        ("policy", "poddisruptionbudgets"),
        ("coordination.k8s.io", "leases"), ("rbac.authorization.k8s.io", "rolebindings"),
    ]

    /// A third of the roles are cluster-wide, a third cluster roles bound in a namespace, a third roles; `bound` of them are
    /// bound to the first service account, the rest one each to others.
    static func policy(roles count: Int, bound: Int) -> Policy {
        var policy = Policy()
        for number in 0..<count {
            let isClusterRole = number % 3 != 2
            let namespace = "team-\(number < bound ? number % 2 : number)"
            let role = Role(
                kind: isClusterRole ? .clusterRole : .role,
                namespace: isClusterRole ? "" : namespace,
                name: "manager-role-\(number)",
                rules: rules(number).map { Role.Rule($0) }
            )
            let account = number < bound ? "operator-0" : "operator-\(number)"
            let binding = Binding(
                kind: number % 3 == 0 ? .clusterRoleBinding : .roleBinding,
                namespace: number % 3 == 0 ? "" : namespace,
                name: "manager-rolebinding-\(number)",
                roleRef: RoleRef(kind: role.kind.rawValue, name: role.name),
                subjects: [
                    Subject(kind: "ServiceAccount", name: account, namespace: number < bound ? "team-0" : namespace)
                ]
            )
            policy.roles.append(role)
            policy.bindings.append(binding)
        }
        return policy
    }

    private static func rules(_ number: Int) -> [PolicyRule] {
        let (group, resource) = resources[number % resources.count]
        let own = "widget\(number)s"
        return [
            PolicyRule(verbs: ["get", "list", "watch"], apiGroups: ["example.com"], resources: [own]),
            PolicyRule(verbs: ["get", "patch", "update"], apiGroups: ["example.com"], resources: ["\(own)/status"]),
            PolicyRule(verbs: ["update"], apiGroups: ["example.com"], resources: ["\(own)/finalizers"]),
            PolicyRule(verbs: ["get", "list", "watch", "create"], apiGroups: [group], resources: [resource]),
            PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["secrets"], resourceNames: ["\(own)-tls"]),
            PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics/\(own)", "/health\(number)/*"]),
        ]
    }

    /// Half of them granted where five roles are bound.
    static let requests: [RequestAttributes] = [
        RequestAttributes(verb: "list", group: "example.com", resource: "widget0s"),
        RequestAttributes(
            verb: "patch",
            group: "example.com",
            resource: "widget0s",
            subresource: "status",
            namespace: "team-0",
            name: "one"
        ),
        RequestAttributes(verb: "watch", group: "", resource: "pods", namespace: "team-0"),
        RequestAttributes(verb: "create", group: "", resource: "services", namespace: "team-1"),
        RequestAttributes(verb: "get", group: "", resource: "secrets", namespace: "team-0", name: "widget0s-tls"),
        RequestAttributes(verb: "get", nonResourceURL: "/metrics/widget0s"),
        RequestAttributes(
            verb: "update",
            group: "example.com",
            resource: "widget1s",
            subresource: "finalizers",
            namespace: "team-1",
            name: "one"
        ),
        RequestAttributes(verb: "delete", group: "example.com", resource: "widget0s", namespace: "team-0", name: "one"),
        RequestAttributes(verb: "get", group: "", resource: "secrets", namespace: "team-0", name: "another-tls"),
        RequestAttributes(verb: "list", group: "", resource: "secrets"),
        RequestAttributes(
            verb: "create",
            group: "",
            resource: "pods",
            subresource: "eviction",
            namespace: "team-0",
            name: "one"
        ),
        RequestAttributes(verb: "list", group: "certificates.k8s.io", resource: "certificatesigningrequests"),
        RequestAttributes(verb: "get", nonResourceURL: "/healthz"),
        RequestAttributes(
            verb: "get",
            group: "networking.k8s.io",
            resource: "ingresses",
            namespace: "elsewhere",
            name: "one"
        ),
    ]
}

/// Kubernetes' walk over bindings, roles and rules.
private struct LinearWalk {
    private struct RoleName: Hashable {
        var namespace: String
        var name: String
    }

    private let clusterRoleBindings: [Binding]
    /// As its informer's index has them.
    private let roleBindings: [String: [Binding]]
    private let roles: [RoleName: Role]

    init(_ policy: Policy) {
        clusterRoleBindings = policy.bindings.filter { $0.kind == .clusterRoleBinding }
        roleBindings = Dictionary(grouping: policy.bindings.filter { $0.kind == .roleBinding }, by: \.namespace)
        let named = policy.roles.map { (RoleName(namespace: $0.namespace, name: $0.name), $0) }
        roles = Dictionary(named) { first, _ in first }
    }

    func isAllowed(_ request: RequestAttributes, _ user: UserInfo) -> Bool {
        if walk(clusterRoleBindings, request, user) { return true }
        guard !request.namespace.isEmpty, let bindings = roleBindings[request.namespace] else { return false }
        return walk(bindings, request, user)
    }

    private func walk(_ bindings: [Binding], _ request: RequestAttributes, _ user: UserInfo) -> Bool {
        for position in bindings.indices {
            guard names(bindings[position].subjects, user) else { continue }
            let namespace = bindings[position].roleRef.kind == "Role" ? bindings[position].namespace : ""
            let name = RoleName(namespace: namespace, name: bindings[position].roleRef.name)
            guard let role = roles[name] else { continue }
            for rule in role.rules.indices where role.rules[rule].rule.matches(request) { return true }
        }
        return false
    }

    private func names(_ subjects: [Subject], _ user: UserInfo) -> Bool {
        for position in subjects.indices {
            switch subjects[position].kind {
            case "User" where subjects[position].name == user.name: return true
            case "Group" where user.groups.contains(subjects[position].name): return true
            case "ServiceAccount" where isAccount(subjects[position].namespace, subjects[position].name, user.name):
                return true
            default: continue
            }
        }
        return false
    }

    /// Without making the name, as Kubernetes does it.
    private func isAccount(_ namespace: String, _ name: String, _ userName: String) -> Bool {
        var rest = userName.utf8[...]
        for part in ["system:serviceaccount:", namespace, ":", name] {
            guard rest.starts(with: part.utf8) else { return false }
            rest = rest.dropFirst(part.utf8.count)
        }
        return rest.isEmpty
    }
}
