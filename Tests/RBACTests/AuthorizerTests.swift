import RBAC
import Testing

/// Subjects, scopes, the order of evaluation, and the reasons.
struct AuthorizerTests {
    private static let listPods = RequestAttributes(verb: "list", resource: "pods", namespace: "a")

    private func pods(_ kind: Role.Kind, _ name: String, namespace: String = "", verbs: [String] = ["list"]) -> Role {
        let rule = PolicyRule(verbs: verbs, apiGroups: [""], resources: ["pods"])
        return Role(kind: kind, namespace: namespace, name: name, rules: [Role.Rule(rule)])
    }

    private func binding(
        _ kind: Binding.Kind,
        _ name: String,
        namespace: String = "",
        to role: String,
        _ roleKind: String = "ClusterRole",
        _ subjects: [Subject] = [Subject(kind: "User", name: "u")]
    ) -> Binding {
        let roleRef = RoleRef(kind: roleKind, name: role)
        return Binding(kind: kind, namespace: namespace, name: name, roleRef: roleRef, subjects: subjects)
    }

    private func decide(
        _ roles: [Role],
        _ bindings: [Binding],
        _ request: RequestAttributes = listPods,
        _ user: UserInfo = UserInfo(name: "u")
    ) -> Decision {
        Authorizer(policy: Policy(roles: roles, bindings: bindings)).authorize(request, user: user)
    }

    // MARK: - Subjects

    @Test(arguments: [
        (Subject(kind: "User", name: "u"), UserInfo(name: "u"), true),
        (Subject(kind: "User", name: "*"), UserInfo(name: "u"), false),
        (Subject(kind: "User", name: "dev"), UserInfo(name: "u", groups: ["dev"]), false),
        (Subject(kind: "Group", name: "dev"), UserInfo(name: "u", groups: ["ops", "dev"]), true),
        (Subject(kind: "Group", name: "dev", namespace: "b"), UserInfo(name: "u", groups: ["dev"]), true),
        (Subject(kind: "Group", name: "*"), UserInfo(name: "u", groups: ["dev"]), false),
        (Subject(kind: "Group", name: "Dev"), UserInfo(name: "u", groups: ["dev"]), false),
        (Subject(kind: "Group", name: "u"), UserInfo(name: "u"), false),
        (Subject(kind: "ServiceAccount", name: "op", namespace: "b"), account("b"), true),
        (Subject(kind: "ServiceAccount", name: "op"), account("a"), true),
        (Subject(kind: "ServiceAccount", name: "op"), account("b"), false),
        (Subject(kind: "User", name: "system:serviceaccount:b:op"), account("b"), true),
        (Subject(kind: "Group", name: "system:serviceaccounts:b"), account("b"), true),
        (Subject(kind: "Group", name: "system:serviceaccounts"), account("b"), true),
        (Subject(kind: "Group", name: "system:authenticated"), account("b"), true),
        (Subject(kind: "Group", name: "system:authenticated"), UserInfo(name: "u"), false),
        (Subject(kind: "ServiceAccount", name: "u", namespace: "a"), UserInfo(name: "u"), false),
        (Subject(kind: "user", name: "u"), UserInfo(name: "u"), false),
        (Subject(kind: "", name: "u"), UserInfo(name: "u"), false),
        (Subject(kind: "User", name: "caf\u{e9}"), UserInfo(name: "cafe\u{301}"), false),
    ])
    func `Who a subject is`(_ subject: Subject, _ user: UserInfo, _ isMatch: Bool) {
        let binding = binding(.roleBinding, "b", namespace: "a", to: "r", "ClusterRole", [subject])
        #expect(decide([pods(.clusterRole, "r")], [binding], Self.listPods, user).isAllowed == isMatch)
        #expect(subject.matches(user, in: binding) == isMatch)
    }

    private static func account(_ namespace: String) -> UserInfo {
        ServiceAccountName(namespace: namespace, name: "op").user
    }

    @Test func `A service account without a namespace is nobody in a cluster role binding`() {
        let subject = Subject(kind: "ServiceAccount", name: "op")
        let binding = binding(.clusterRoleBinding, "b", to: "r", "ClusterRole", [subject])
        for user in [Self.account("a"), UserInfo(name: "system:serviceaccount::op")] {
            #expect(!decide([pods(.clusterRole, "r")], [binding], Self.listPods, user).isAllowed)
        }
    }

    @Test func `The first subject that is the user is named`() {
        let subjects = [
            Subject(kind: "User", name: "other"), Subject(kind: "Group", name: "dev"), Subject(kind: "User", name: "u"),
        ]
        let binding = binding(.clusterRoleBinding, "b", to: "r", "ClusterRole", subjects)
        let user = UserInfo(name: "u", groups: ["dev", "dev"])
        let decision = decide([pods(.clusterRole, "r")], [binding], Self.listPods, user)
        #expect(decision.grant == .init(binding: 0, role: 0, rule: 0, subject: 1))
        #expect(
            decision.reason == #"RBAC: allowed by ClusterRoleBinding "b" of ClusterRole "r" to Group "dev""#
        )
    }

    @Test func `Members of system:masters have nothing by RBAC`() {
        let user = UserInfo(name: "u", groups: ["system:masters"])
        #expect(!decide([pods(.clusterRole, "r")], [], Self.listPods, user).isAllowed)
    }

    // MARK: - Scope and order

    @Test(arguments: [("a", true), ("b", false), ("", false)])
    func `A role binding grants in its namespace`(_ namespace: String, _ isAllowed: Bool) {
        let request = RequestAttributes(verb: "list", resource: "pods", namespace: namespace)
        for (roles, kind) in [
            ([pods(.clusterRole, "r")], "ClusterRole"), ([pods(.role, "r", namespace: "a")], "Role"),
        ] {
            let binding = binding(.roleBinding, "b", namespace: "a", to: "r", kind)
            #expect(decide(roles, [binding], request).isAllowed == isAllowed)
        }
    }

    @Test(arguments: ["a", "b", ""])
    func `A cluster role binding grants everywhere`(_ namespace: String) {
        let request = RequestAttributes(verb: "list", resource: "pods", namespace: namespace)
        #expect(decide([pods(.clusterRole, "r")], [binding(.clusterRoleBinding, "b", to: "r")], request).isAllowed)
    }

    @Test func `Role bindings of every namespace together are no grant for all namespaces`() {
        let bindings = ["a", "b"].map { binding(.roleBinding, "b", namespace: $0, to: "r") }
        let everywhere = RequestAttributes(verb: "list", resource: "pods")
        #expect(!decide([pods(.clusterRole, "r")], bindings, everywhere).isAllowed)
    }

    @Test func `A role binding grants its own namespace's object where the request has the namespace`() {
        let rule = PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["namespaces"])
        let role = Role(kind: .clusterRole, name: "r", rules: [Role.Rule(rule)])
        let bindings = [binding(.roleBinding, "b", namespace: "a", to: "r")]
        let path = RequestAttributes(verb: "get", resource: "namespaces", namespace: "a", name: "a")
        #expect(decide([role], bindings, path).isAllowed)
        #expect(!decide([role], bindings, RequestAttributes(verb: "get", resource: "namespaces", name: "a")).isAllowed)
    }

    @Test func `Paths are granted by cluster role bindings only`() {
        let rule = PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics"])
        let role = Role(kind: .clusterRole, name: "r", rules: [Role.Rule(rule)])
        let request = RequestAttributes(verb: "get", nonResourceURL: "/metrics")
        #expect(!decide([role], [binding(.roleBinding, "b", namespace: "a", to: "r")], request).isAllowed)
        #expect(decide([role], [binding(.clusterRoleBinding, "b", to: "r")], request).isAllowed)
    }

    @Test func `Cluster role bindings come first, then the order of the policy`() {
        let roles = [pods(.clusterRole, "one"), pods(.clusterRole, "two", verbs: ["get", "list"])]
        let bindings = [
            binding(.roleBinding, "local", namespace: "a", to: "one"), binding(.clusterRoleBinding, "z", to: "two"),
            binding(.clusterRoleBinding, "a", to: "one"),
        ]
        #expect(decide(roles, bindings).grant?.binding == 1)
        #expect(decide(roles, [bindings[0], bindings[2], bindings[1]]).grant?.binding == 1)
        #expect(decide(roles, [bindings[0]]).grant?.binding == 0)
    }

    @Test func `The first rule that matches is named, whatever it names it by`() {
        let rules = [["deployments"], ["*/log", "pods"], ["*"], ["pods"]].map {
            Role.Rule(PolicyRule(verbs: ["list"], apiGroups: [""], resources: $0))
        }
        let role = Role(kind: .clusterRole, name: "r", rules: rules)
        let bindings = [binding(.clusterRoleBinding, "b", to: "r")]
        #expect(decide([role], bindings).grant?.rule == 1)
        let log = RequestAttributes(verb: "list", resource: "pods", subresource: "log")
        #expect(decide([role], bindings, log).grant?.rule == 1)
        #expect(decide([role], bindings, RequestAttributes(verb: "list", resource: "nodes")).grant?.rule == 2)
    }

    @Test func `A role bound twice is named by the first binding, and granted by both`() {
        let bindings =
            ["x", "y"].map { binding(.roleBinding, $0, namespace: "a", to: "r") }
            + [binding(.roleBinding, "z", namespace: "b", to: "r"), binding(.clusterRoleBinding, "c", to: "other")]
            + [binding(.roleBinding, "nowhere", to: "r")]
        let roles = [pods(.clusterRole, "r"), pods(.clusterRole, "other", verbs: ["get"])]
        let access = Authorizer(policy: Policy(roles: roles, bindings: bindings)).access(of: UserInfo(name: "u"))
        #expect(access.decide(Self.listPods).grant?.binding == 0)
        #expect(access.grants(of: Self.listPods).map(\.binding) == [0, 1])
        #expect(access.namespaces == ["a", "b"])
        #expect(access.rules(inNamespace: "a").count == 3)
        #expect(access.rules(inNamespace: "").count == 1)
        #expect(access.rules(inNamespace: "c").count == 1)
    }

    @Test func `Of several roles with one name the first counts`() {
        let roles = [pods(.clusterRole, "r", verbs: ["get"]), pods(.clusterRole, "r")]
        #expect(!decide(roles, [binding(.clusterRoleBinding, "b", to: "r")]).isAllowed)
    }

    // MARK: - Broken references and reasons

    @Test(arguments: [
        ("Role", #"RBAC: role.rbac.authorization.k8s.io "x" not found"#),
        ("ClusterRole", #"RBAC: clusterrole.rbac.authorization.k8s.io "x" not found"#),
        ("Group", #"RBAC: unsupported role reference kind: "Group""#),
        ("", #"RBAC: unsupported role reference kind: """#),
    ])
    func `A role that is not there`(_ kind: String, _ reason: String) {
        let roles = [pods(.role, "x", namespace: "b"), pods(.clusterRole, "y")]
        let broken = binding(.roleBinding, "b", namespace: "a", to: "x", kind)
        #expect(decide(roles, [broken]).reason == reason)
        // Of another namespace, of another user, and where something else grants, nothing is told.
        let elsewhere = RequestAttributes(verb: "list", resource: "pods", namespace: "c")
        #expect(decide(roles, [broken], elsewhere).reason.isEmpty)
        #expect(decide(roles, [broken], Self.listPods, UserInfo(name: "v")).errors.isEmpty)
        let whole = binding(.roleBinding, "b", namespace: "a", to: "y")
        #expect(decide(roles, [broken, whole]).errors.isEmpty)
        #expect(decide(roles, [broken, whole]).isAllowed)
    }

    @Test func `A namespaced role cannot be bound cluster-wide`() {
        let roles = [pods(.role, "x"), pods(.role, "x", namespace: "a")]
        let decision = decide(roles, [binding(.clusterRoleBinding, "b", to: "x", "Role")])
        #expect(decision.errors == [#"role.rbac.authorization.k8s.io "x" not found"#])
    }

    @Test func `Several errors in the order met, each once`() {
        let bindings = [
            binding(.roleBinding, "1", namespace: "a", to: "x", "Role"),
            binding(.clusterRoleBinding, "2", to: "x"),
            binding(.roleBinding, "3", namespace: "a", to: "x"),
        ]
        let decision = decide([], bindings)
        #expect(decision.errors.count == 3)
        #expect(
            decision.reason
                == #"RBAC: [clusterrole.rbac.authorization.k8s.io "x" not found, role.rbac.authorization.k8s.io "x" not found]"#
        )
        let access = Authorizer(policy: Policy(bindings: bindings)).access(of: UserInfo(name: "u"))
        #expect(access.boundRoles(inNamespace: "a").map(\.binding) == [1, 0, 2])
        #expect(access.boundRoles(inNamespace: "b").map(\.binding) == [1])
        #expect(access.boundRoles(inNamespace: "").allSatisfy { $0.role == nil })
    }

    @Test(arguments: [
        (Subject(kind: "ServiceAccount", name: "op"), #"ServiceAccount "op/a""#),
        (Subject(kind: "ServiceAccount", name: "op", namespace: "a"), #"ServiceAccount "op/a""#),
        (Subject(kind: "User", name: "system:serviceaccount:a:op"), #"User "system:serviceaccount:a:op""#),
        (
            Subject(kind: "Group", name: "system:serviceaccounts:a", namespace: "x"),
            #"Group "system:serviceaccounts:a""#
        ),
    ])
    func `Reasons name subjects as Kubernetes does`(_ subject: Subject, _ text: String) {
        let binding = binding(.roleBinding, "b", namespace: "a", to: "r", "Role", [subject])
        let decision = decide([pods(.role, "r", namespace: "a")], [binding], Self.listPods, Self.account("a"))
        #expect(decision.reason == #"RBAC: allowed by RoleBinding "b/a" of Role "r" to \#(text)"#)
    }

    @Test func `Names in reasons are quoted as Go quotes`() {
        let odd = "a\"b\\c\n\u{7f}\u{e9}\u{200b}"
        let binding = binding(.clusterRoleBinding, odd, to: odd)
        let decision = decide([pods(.clusterRole, odd)], [binding])
        let quoted = #""a\"b\\c\n\x7f\#u{e9}\u200b""#
        #expect(
            decision.reason == "RBAC: allowed by ClusterRoleBinding \(quoted) of ClusterRole \(quoted) to User \"u\""
        )
    }

    // MARK: - Many

    @Test func `More verbs, groups and names than a machine word has bits`() {
        let words = (0..<200).map { "word-\($0)" }
        let rules = words.indices.map { index in
            Role.Rule(
                PolicyRule(
                    verbs: [words[index]],
                    apiGroups: [words[(index + 1) % 200]],
                    resources: ["things"],
                    resourceNames: [words[(index + 2) % 200], words[(index + 3) % 200]]
                )
            )
        }
        let role = Role(kind: .clusterRole, name: "r", rules: rules)
        let policy = Policy(roles: [role], bindings: [binding(.clusterRoleBinding, "b", to: "r")])
        let access = Authorizer(policy: policy).access(of: UserInfo(name: "u"))
        func rule(_ verb: Int, _ group: Int, _ name: Int) -> Int? {
            let request = RequestAttributes(
                verb: words[verb % 200],
                group: words[group % 200],
                resource: "things",
                name: words[name % 200]
            )
            return access.decide(request).grant?.rule
        }
        for index in words.indices {
            #expect(rule(index, index + 1, index + 2) == index)
            #expect(rule(index, index + 1, index + 3) == index)
            // 63 further is the same bit.
            #expect(rule(index + 63, index + 1, index + 2) == nil)
            #expect(rule(index, index + 64, index + 2) == nil)
            #expect(rule(index, index + 1, index + 65) == nil)
        }
    }

    @Test func `A user is not mistaken for another of the same name`() {
        let group = Subject(kind: "Group", name: "dev")
        let binding = binding(.clusterRoleBinding, "b", to: "r", "ClusterRole", [group])
        let authorizer = Authorizer(policy: Policy(roles: [pods(.clusterRole, "r")], bindings: [binding]))
        for _ in 0..<3 {
            for (groups, isAllowed) in [(["dev", "x"], true), (["x"], false), (["dev"], true), ([], false)] {
                let user = UserInfo(name: "u", groups: groups)
                #expect(authorizer.authorize(Self.listPods, user: user).isAllowed == isAllowed)
            }
        }
        for number in 0..<500 {
            let user = UserInfo(name: "u\(number)", groups: number % 2 == 0 ? ["dev"] : [])
            #expect(authorizer.authorize(Self.listPods, user: user).isAllowed == (number % 2 == 0))
        }
    }

    @Test func `Many tasks may ask at once`() async {
        let bindings = (0..<8).map { number in
            binding(.clusterRoleBinding, "b", to: "r", "ClusterRole", [Subject(kind: "User", name: "u\(number)")])
        }
        let authorizer = Authorizer(policy: Policy(roles: [pods(.clusterRole, "r")], bindings: bindings))
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<16 {
                group.addTask {
                    (0..<200).allSatisfy { number in
                        let user = UserInfo(name: "u\((number + task) % 16)")
                        return authorizer.authorize(Self.listPods, user: user).isAllowed == ((number + task) % 16 < 8)
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
