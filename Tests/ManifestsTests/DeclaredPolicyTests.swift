import Manifests
import RBAC
import Testing

@Suite struct DeclaredPolicyTests {
    private static let rbac = "apiVersion: rbac.authorization.k8s.io/v1\n"

    private func clusterRole(_ name: String, labels: String = "", rules: [String] = [], collects: String? = nil)
        -> String
    {
        var text = Self.rbac + "kind: ClusterRole\nmetadata: {name: \(name), labels: {\(labels)}}\nrules:\n"
        for rule in rules { text += "- {apiGroups: [x.io], resources: [\(rule)], verbs: [get]}\n" }
        if let collects { text += "aggregationRule: {clusterRoleSelectors: [\(collects)]}\n" }
        return text + "---\n"
    }

    private func binding(_ role: String) -> String {
        Self.rbac + "kind: ClusterRoleBinding\nmetadata: {name: to-\(role)}\n"
            + "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: '\(role)'}\n"
            + "subjects: [{kind: User, name: u}]\n---\n"
    }

    private func resources(_ policy: DeclaredPolicy, _ role: String) -> [String] {
        policy.policy.roles.first { $0.name == role }?.rules.flatMap(\.rule.resources) ?? []
    }

    @Test func everythingLeadsBackToTheFile() throws {
        let set = try load(
            clusterRole("a", rules: ["one", "two"]) + binding("a") + Self.rbac
                + "kind: RoleBinding\nmetadata: {name: local}\nroleRef: {kind: Role, name: r}\n"
                + "subjects: [{kind: ServiceAccount, name: s}, {kind: User, name: t}]\n---\n" + Self.rbac
                + "kind: Role\nmetadata: {name: r, namespace: here}\nrules: []\n"
        )
        let declared = set.declaredPolicy(defaultNamespace: "shop")
        let policy = declared.policy
        #expect(policy.roles.map(\.namespace) == ["", "here"])
        #expect(policy.bindings.map(\.namespace) == ["", "shop"])
        #expect(policy.roles.map { declared[$0.source] } == [.role(0), .role(1)])
        #expect(
            policy.roles[0].rules.map { declared[$0.source] } == [.rule(role: 0, rule: 0), .rule(role: 0, rule: 1)]
        )
        #expect(policy.bindings.map { declared[$0.source] } == [.binding(0), .binding(1)])
        #expect(
            policy.bindings[1].subjects.map { declared[$0.source] } == [
                .subject(binding: 1, subject: 0), .subject(binding: 1, subject: 1),
            ]
        )
        #expect(declared[.none] == nil)
    }

    @Test func aggregatedRolesAreFilledInNameOrderEachRuleOnce() throws {
        let set = try load(
            clusterRole("all", rules: ["lost"], collects: "{matchLabels: {to: all}}, {matchLabels: {and: too}}")
                + clusterRole("z", labels: "to: all, and: too", rules: ["zs", "shared"])
                + clusterRole("m", labels: "to: all", rules: ["ms", "shared"])
                + clusterRole("o", labels: "and: too", rules: ["ns"]) + clusterRole("other", rules: ["os"])
        )
        let declared = set.declaredPolicy(defaultNamespace: "")
        #expect(resources(declared, "all") == ["ms", "shared", "zs", "ns"])
        #expect(declared.rolesWithLostRules == [0])
        let filled = try #require(declared.policy.roles.first { $0.name == "all" })
        #expect(
            filled.rules.map { declared[$0.source] } == [
                .rule(role: 2, rule: 0), .rule(role: 2, rule: 1), .rule(role: 1, rule: 0), .rule(role: 3, rule: 0),
            ]
        )
    }

    @Test(arguments: [
        ("{matchExpressions: [{key: to, operator: Exists}]}", ["as", "bs"]),
        ("{matchExpressions: [{key: to, operator: In, values: [a, c]}]}", ["as"]),
        ("{matchExpressions: [{key: to, operator: In, values: [a]}], matchLabels: {to: b}}", []),
        ("{matchExpressions: [{key: to, operator: NotIn, values: [a]}], matchLabels: {own: 'true'}}", ["bs"]),
    ])
    func selectorsAreLabelSelectors(_ selector: String, _ expected: [String]) throws {
        let set = try load(
            clusterRole("all", collects: selector) + clusterRole("a", labels: "to: a, own: 'true'", rules: ["as"])
                + clusterRole("b", labels: "to: b, own: 'true'", rules: ["bs"])
        )
        #expect(resources(set.declaredPolicy(defaultNamespace: ""), "all") == expected)
    }

    @Test func aggregatedRolesCollectEachOther() throws {
        let set = try load(
            clusterRole("top", labels: "ring: yes-please", collects: "{matchLabels: {to: top}}")
                + clusterRole("middle", labels: "to: top", collects: "{matchLabels: {to: middle}}")
                + clusterRole(
                    "low",
                    labels: "to: middle",
                    collects: "{matchLabels: {to: low}}, {matchLabels: {ring: yes-please}}"
                )
                + clusterRole("leaf", labels: "to: low", rules: ["leaves"])
        )
        let declared = set.declaredPolicy(defaultNamespace: "")
        for role in ["top", "middle", "low"] { #expect(resources(declared, role) == ["leaves"], "\(role)") }
    }

    @Test func aDumpKeepsItsStoredRules() throws {
        let set = try load(
            Self.rbac + "kind: ClusterRole\nmetadata: {name: all, uid: 1-2-3}\nrules:\n"
                + "- {apiGroups: [x.io], resources: [stored], verbs: [get]}\n"
                + "aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: all}}]}\n---\n"
                + clusterRole("a", labels: "to: all", rules: ["as"])
        )
        let declared = set.declaredPolicy(defaultNamespace: "")
        #expect(resources(declared, "all") == ["stored"])
        #expect(declared.rolesWithLostRules.isEmpty)
    }

    @Test func builtInRolesAreKnownByName() throws {
        let declared = try load(binding("system:auth-delegator") + binding("no-such-role"))
            .declaredPolicy(defaultNamespace: "")
        #expect(declared.policy.roles.map(\.name) == ["system:auth-delegator"])
        #expect(declared.policy.roles[0].source == .none)
        #expect(resources(declared, "system:auth-delegator") == ["tokenreviews", "subjectaccessreviews"])
    }

    @Test func adminEditAndViewCollectTheManifestsRoles() throws {
        let label = "rbac.authorization.k8s.io/aggregate-to-view: 'true'"
        let declared = try load(
            clusterRole("viewer", labels: label, rules: ["carts"]) + binding("view") + binding("edit")
                + binding("admin")
        ).declaredPolicy(defaultNamespace: "")
        for role in ["view", "edit", "admin"] {
            let found = try #require(declared.policy.roles.first { $0.name == role })
            let rule = try #require(found.rules.first { $0.rule.resources == ["carts"] }, "\(role)")
            #expect(declared[rule.source] == .rule(role: 0, rule: 0))
            #expect(found.rules.contains { $0.rule.resources.contains("pods") }, "\(role) keeps what it has")
        }
    }

    @Test func aManifestsRoleCollectsBuiltInOnes() throws {
        let label = "rbac.authorization.k8s.io/aggregate-to-view"
        let declared = try load(clusterRole("mine", collects: "{matchLabels: {\(label): 'true'}}"))
            .declaredPolicy(defaultNamespace: "")
        #expect(resources(declared, "mine").contains("configmaps"))
        #expect(!declared.rolesWithLostRules.contains(0))
    }
}
