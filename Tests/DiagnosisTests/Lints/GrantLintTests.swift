import Diagnosis
import RBAC
import Testing
import Traces

@Suite struct GrantLintTests {
    static let account = ServiceAccountName(namespace: "demo", name: "operator")

    static func bound(_ rules: String, namespace: String? = nil) -> String {
        let kind = namespace == nil ? "ClusterRoleBinding" : "RoleBinding"
        let place = namespace.map { ", namespace: \($0)" } ?? ""
        return """
            \(LintSituation.role("ClusterRole", rules))
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: \(kind)
            metadata: {name: manager\(place)}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: manager-role}
            subjects: [{kind: ServiceAccount, name: operator, namespace: demo}]
            """
    }

    // MARK: wildcard-grant

    @Test func wildcardsAreReplacedByWhatTheTraceNeeds() throws {
        let situation = try LintSituation(
            Self.bound(#"- {apiGroups: ["", apps], resources: ["*"], verbs: ["*"]}"#),
            requirements: [
                .call("list", "pods"), .call("watch", "pods"), .call("get", "secrets", namespace: "a", name: "b"),
                .call("update", "deployments", group: "apps", subresource: "status", namespace: "a", name: "b"),
                .call("list", "jobs", group: "batch"),
            ],
            operator: Self.account.user
        )
        let finding = try #require(situation.findings(.wildcardGrant).first)
        #expect(situation.underlined(finding) == [#""*""#, #""*""#])
        #expect(
            finding.remedy?.rules == [
                PolicyRule(verbs: ["list", "watch"], apiGroups: [""], resources: ["pods"]),
                PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["secrets"]),
                PolicyRule(verbs: ["update"], apiGroups: ["apps"], resources: ["deployments/status"]),
            ]
        )
    }

    @Test func everyKindOfWildcardCounts() throws {
        for rule in [
            #"{apiGroups: ["*"], resources: [pods], verbs: [get]}"#,
            #"{apiGroups: [""], resources: ["*"], verbs: [get]}"#,
            #"{apiGroups: [""], resources: [pods], verbs: ["*"]}"#, #"{nonResourceURLs: ["/*"], verbs: [get]}"#,
        ] {
            #expect(try LintSituation.clusterRole("- \(rule)").findings(.wildcardGrant).count == 1, "\(rule)")
        }
        for rule in [
            #"{apiGroups: [apps], resources: ["*/status"], verbs: [get]}"#,
            #"{nonResourceURLs: ["/metrics/*"], verbs: [get]}"#,
            #"{apiGroups: [""], resources: [pods], resourceNames: ["*"], verbs: [get]}"#,
        ] {
            #expect(try LintSituation.clusterRole("- \(rule)").findings(.wildcardGrant).isEmpty, "\(rule)")
        }
    }

    @Test func rolesForUsersAreLeftAlone() throws {
        let rule = #"- {apiGroups: [example.com], resources: ["*"], verbs: ["*"]}"#
        for metadata in [
            "name: myapp-admin-role", "name: myapp-editor-role", "name: myapp-viewer-role",
            #"{name: x, labels: {rbac.authorization.k8s.io/aggregate-to-edit: "true"}}"#,
        ] {
            #expect(try LintSituation(LintSituation.role("ClusterRole", rule, metadata: metadata)).findings.isEmpty)
        }
        #expect(try LintSituation.clusterRole(rule).findings(.wildcardGrant).count == 1)
    }

    // MARK: risky-permission

    @Test(arguments: [
        (#"{apiGroups: [""], resources: [secrets], verbs: [list]}"#, "reading all secrets"),
        (
            "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate]}",
            "`escalate` on roles"
        ),
        ("{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [bind]}", "`bind` on roles"),
        (
            "{apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create]}",
            "writing roles and bindings"
        ),
        (#"{apiGroups: [""], resources: [users], verbs: [impersonate]}"#, "`impersonate`"),
        (#"{apiGroups: [""], resources: [pods/exec], verbs: [create]}"#, "running commands in pods"),
        (#"{apiGroups: [""], resources: [pods/attach], verbs: [create]}"#, "running commands in pods"),
        (#"{apiGroups: [""], resources: [nodes/proxy], verbs: [get]}"#, "the kubelets' own API through `nodes/proxy`"),
        (
            #"{apiGroups: [""], resources: [serviceaccounts/token], verbs: [create]}"#,
            "issuing tokens of service accounts"
        ),
        (
            "{apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [patch]}",
            "writing admission webhooks and policies"
        ),
        (
            "{apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [update]}",
            "approving certificates"
        ),
        (#"{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}"#, "every verb on every resource"),
        (#"{apiGroups: [""], resources: ["*/exec"], verbs: [create]}"#, "running commands in pods"),
    ]) func risksAreTold(_ rule: String, _ what: String) throws {
        let findings = try LintSituation.clusterRole("- \(rule)").findings(.riskyPermission)
        #expect(findings.map(\.title) == ["ClusterRole `manager-role` grants \(what)"])
        #expect(findings.allSatisfy { $0.severity == .warning && !$0.explanation.contains("{where}") })
    }

    @Test(arguments: [
        #"{apiGroups: [""], resources: [secrets], resourceNames: [tls], verbs: [get]}"#,
        #"{apiGroups: [""], resources: [secrets], verbs: [create, delete]}"#,
        #"{apiGroups: [""], resources: [pods, pods/log, nodes, nodes/metrics], verbs: [get, list, watch, create]}"#,
        "{apiGroups: [rbac.authorization.k8s.io], resources: [roles, clusterroles], verbs: [get, list, watch]}",
        "{apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests], verbs: [create, get]}",
        "{apiGroups: [apps], resources: [deployments], verbs: [create, update, patch, delete]}",
    ]) func whatIsHarmlessIsNotTold(_ rule: String) throws {
        #expect(try LintSituation.clusterRole("- \(rule)").findings(.riskyPermission).isEmpty)
    }

    @Test func oneRuleIsOneFinding() throws {
        let rule = #"- {apiGroups: [""], resources: [secrets, pods/exec, pods], verbs: [get, list, create]}"#
        let situation = try LintSituation.clusterRole(rule)
        let finding = try #require(situation.findings(.riskyPermission).first)
        #expect(situation.findings(.riskyPermission).count == 1)
        #expect(situation.underlined(finding).prefix(2) == ["secrets", "pods/exec"])
        #expect(finding.evidence.count == 2)
    }

    @Test func inOneNamespaceSecretsAreItsOwnMatter() throws {
        let rules = #"- {apiGroups: [""], resources: [secrets, pods/exec], verbs: [get, create]}"#
        let situation = try LintSituation(Self.bound(rules, namespace: "demo"))
        #expect(
            situation.findings(.riskyPermission).map(\.title) == [
                "ClusterRole `manager-role` grants running commands in pods in its namespace"
            ]
        )
        #expect(try LintSituation(Self.bound(rules)).findings(.riskyPermission)[0].evidence.count == 2)
    }

    // MARK: excess-permission

    /// That `configmap` was not exercised is said by `resource-name-wrong`, and better.
    @Test func aNameThatAFindingBlamesIsNotCalledUnused() throws {
        let text = Self.bound(#"- {apiGroups: [""], resources: [configmap, services], verbs: [get]}"#)
        func evidence(blamesNames: Bool) throws -> [String] {
            try LintSituation(text, operator: Self.account.user, hasTrace: true, blamesNames: blamesNames)
                .findings(.excessPermission).flatMap(\.evidence)
        }
        #expect(try evidence(blamesNames: true) == ["not exercised: get on services"])
        #expect(try evidence(blamesNames: false) == ["not exercised: get on configmap, services"])
    }

    @Test func unusedPermissionsAreListed() throws {
        let situation = try LintSituation(
            Self.bound(
                """
                - {apiGroups: [""], resources: [configmaps, secrets], verbs: [get, list, watch]}
                - {apiGroups: [apps], resources: [deployments], verbs: [list, watch]}
                - {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, update]}
                """
            ),
            requirements: [
                .call("list", "configmaps"), .call("watch", "configmaps", namespace: "anywhere"),
                .call("list", "deployments", group: "apps"), .call("watch", "deployments", group: "apps"),
            ],
            operator: Self.account.user
        )
        let findings = situation.findings(.excessPermission)
        #expect(
            findings.map(\.title) == [
                "4 of 6 permissions of this rule of ClusterRole `manager-role` were not exercised",
                "no call used this rule of ClusterRole `manager-role`",
            ]
        )
        #expect(
            findings[0].evidence == ["not exercised: get on configmaps", "not exercised: get, list, watch on secrets"]
        )
        #expect(situation.underlined(findings[0]).contains("secrets"))
        #expect(situation.underlined(findings[1]).isEmpty)
        #expect(findings.allSatisfy { $0.remedy?.edit == nil })
    }

    @Test func aNamespacedGrantIsUsedInItsNamespaceOnly() throws {
        let rules = #"- {apiGroups: [""], resources: [pods], verbs: [list]}"#
        func count(_ namespace: String, _ calls: [Requirement]) throws -> Int {
            try LintSituation(
                Self.bound(rules, namespace: namespace),
                requirements: calls,
                operator: Self.account.user
            ).findings(.excessPermission).count
        }
        #expect(try count("demo", [.call("list", "pods", namespace: "demo")]) == 0)
        #expect(try count("demo", [.call("list", "pods", namespace: "other")]) == 1)
        #expect(try count("demo", [.call("list", "pods")]) == 1)
    }

    @Test func callsCountWhereTheyAreJudged() throws {
        let rules = #"- {apiGroups: [""], resources: [pods, namespaces], verbs: [get]}"#
        func evidence(_ calls: [Requirement], user: String? = nil) throws -> [String] {
            let calls = calls.map { call in
                var call = call
                call.key.user = user
                return call
            }
            return try LintSituation(
                Self.bound(rules, namespace: "demo"),
                requirements: calls,
                operator: Self.account.user
            ).findings(.excessPermission).flatMap(\.evidence)
        }
        // The namespace of the account that the trace knows the operator by stands for that of the manifests' account.
        let calls: [Requirement] = [
            .call("get", "pods", namespace: "system", name: "x"), .call("get", "namespaces", name: "demo"),
        ]
        #expect(try evidence(calls, user: "system:serviceaccount:system:other").isEmpty)
        #expect(try evidence(calls) == ["not exercised: get on pods"])
        #expect(try evidence([.call("get", "namespaces", name: "x")]) == ["not exercised: get on namespaces, pods"])
    }

    @Test func namesAndPathsAreFollowed() throws {
        let situation = try LintSituation(
            Self.bound(
                """
                - {apiGroups: [""], resources: [secrets], resourceNames: [a, b], verbs: [get]}
                - {nonResourceURLs: ["/metrics/*", /healthz], verbs: [get]}
                """
            ),
            requirements: [.call("get", "secrets", namespace: "x", name: "a"), .call("get", path: "/metrics/x")],
            operator: Self.account.user
        )
        let findings = situation.findings(.excessPermission)
        #expect(findings.map(situation.underlined) == [["b"], ["/healthz"]])
        #expect(
            findings.flatMap(\.evidence) == [
                "not exercised: get on secrets (named b)", "not exercised: get on /healthz",
            ]
        )
    }

    @Test func combinationsThatDoNotExistAreNotCounted() throws {
        let situation = try LintSituation(
            Self.bound(#"- {apiGroups: ["", apps], resources: [pods, deployments], verbs: [list]}"#),
            requirements: [.call("list", "pods"), .call("list", "deployments", group: "apps")],
            operator: Self.account.user
        )
        #expect(situation.findings(.excessPermission).isEmpty)
    }

    @Test func aWildcardIsUsedByAnyCallItCovers() throws {
        let situation = try LintSituation(
            Self.bound(#"- {apiGroups: ["*"], resources: ["*"], verbs: ["*"]}"#),
            requirements: [.call("list", "pods")],
            operator: Self.account.user
        )
        #expect(situation.findings(.excessPermission).isEmpty)
    }

    @Test func withoutATraceNothingIsCalledUnused() throws {
        let text = Self.bound(#"- {apiGroups: [""], resources: [pods], verbs: [list]}"#)
        var profile = Requirement.call("get", "pods")
        profile.count = 0
        #expect(try LintSituation(text, requirements: [profile], operator: Self.account.user).findings.isEmpty)
        #expect(try LintSituation(text, requirements: [.call("get", "pods")]).findings.isEmpty)
        let traced = try LintSituation(text, requirements: [], operator: Self.account.user, hasTrace: true)
        #expect(traced.findings(.excessPermission).count == 1)
    }

    @Test func otherPeoplesGrantsAndDefaultsAreLeftOut() throws {
        let other = UserInfo(name: "alice", groups: ["system:authenticated"])
        let text = Self.bound(#"- {apiGroups: [""], resources: [pods], verbs: [list]}"#)
        #expect(try LintSituation(text, operator: other, hasTrace: true).findings(.excessPermission).isEmpty)
        // A built-in role that is bound is in no file.
        let view = text.replacing("kind: ClusterRole, name: manager-role", with: "kind: ClusterRole, name: view")
        #expect(
            try LintSituation(view, operator: Self.account.user, hasTrace: true).findings(.excessPermission).isEmpty
        )
    }

    @Test func aBareRoleCountsAsBoundToTheOperator() throws {
        let text = LintSituation.role("ClusterRole", #"- {apiGroups: [""], resources: [pods], verbs: [list, get]}"#)
        let situation = try LintSituation(
            text,
            requirements: [.call("list", "pods")],
            operator: Self.account.user
        )
        #expect(situation.findings(.excessPermission).map(situation.underlined) == [["get"]])
    }
}
