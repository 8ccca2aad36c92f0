import Diagnosis
import Foundation
import RBAC
import Testing

/// Which cause is the principal one: a table of situations, each code in several shapes, and conflicts between them.
@Suite struct PrincipalCauseTests {
    struct Case: Sendable, CustomStringConvertible {
        var description: String
        var yaml: String
        /// Each need with the principal code that it gets, `ok` for none.
        var expected: [(need: String, code: String)]

        /// The operator is always the same, also where the manifests hold others.
        func check(_ needs: [String]) async throws -> CheckReport {
            var situation = try Situation(yaml, needs: needs)
            let isAmbiguous = yaml.contains("name: web")
            if isAmbiguous { situation.identity = .account(ServiceAccountName(namespace: "demo", name: "operator")) }
            return try await situation.check()
        }
    }

    @Test(arguments: cases) func firstCauseThatHolds(_ situation: Case) async throws {
        for (need, code) in situation.expected {
            let report = try await situation.check([need])
            #expect(Set(report.principalCodes) == [code], "\(situation): \(need)")
        }
    }

    /// Together the needs get what each gets alone: grouping changes no cause.
    @Test(arguments: cases) func causesDoNotDependOnOtherCalls(_ situation: Case) async throws {
        let report = try await situation.check(situation.expected.map(\.need))
        let codes = Set(report.principalCodes.filter { $0 != "ok" })
        #expect(codes == Set(situation.expected.map(\.code).filter { $0 != "ok" }), "\(situation)")
    }

    /// More namespaces than are kept apart are no cluster scope.
    @Test func namespacesThatBecameMany() async throws {
        let yaml = Manifest.documents(
            Manifest.role("r", namespace: "demo", "- {apiGroups: [example.com], resources: [foos], verbs: [get]}"),
            Manifest.binding("b", to: "Role/r", namespace: "demo")
        )
        let report = try await Situation(yaml, needs: (0..<300).map { "get foos.example.com x -n ns\($0)" }).check()
        #expect(report.requirements.count == 1)
        #expect(report.principalCodes == ["namespace-scope-too-narrow"])
    }

    private static let pods = "- {apiGroups: [\"\"], resources: [pods], verbs: [get, list, watch]}"

    static let cases: [Case] =
        granted + reach + mismatches + dangling + aggregation + nearMisses + others

    private static let granted = [
        Case(
            description: "granted",
            yaml: Manifest.documents(Manifest.role(pods), Manifest.binding()),
            expected: [
                ("list pods", "ok"), ("get pods -n x p", "ok"), ("get /healthz", "ok"),
                ("create selfsubjectaccessreviews.authorization.k8s.io", "ok"), ("create pods", "verb-missing"),
            ]
        ),
        Case(
            description: "bare role",
            yaml: Manifest.role(pods),
            expected: [("list pods", "ok"), ("list secrets", "rule-missing")]
        ),
        Case(
            description: "bare namespaced role without a namespace is where leader election is",
            yaml: """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: leader-election-role}
                rules:
                - {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, create, update]}
                """,
            expected: [("get,create,update leases.coordination.k8s.io -n demo", "ok")]
        ),
        Case(
            description: "bound by the service account's groups, or as a user",
            yaml: Manifest.documents(
                Manifest.deployment(),
                Manifest.role(pods),
                Manifest.binding(subject: "{kind: Group, name: 'system:serviceaccounts:demo'}"),
                Manifest.role("s", "- {apiGroups: [''], resources: [secrets], verbs: [get]}"),
                Manifest.binding(
                    "s",
                    to: "ClusterRole/s",
                    subject: "{kind: User, name: 'system:serviceaccount:demo:operator'}"
                )
            ),
            expected: [("list pods", "ok"), ("get secrets -n x", "ok")]
        ),
        Case(
            description: "built-in role by name",
            yaml: Manifest.binding(to: "ClusterRole/view"),
            expected: [("list pods", "ok"), ("list secrets", "rule-missing"), ("create pods", "verb-missing")]
        ),
    ]

    private static let reach = [
        Case(
            description: "a RoleBinding to a ClusterRole",
            yaml: Manifest.documents(
                Manifest.role("- {apiGroups: ['', apps], resources: [pods, deployments, nodes], verbs: ['*']}"),
                Manifest.binding(namespace: "demo")
            ),
            expected: [
                ("list pods -n demo", "ok"), ("list pods", "namespace-scope-too-narrow"),
                ("get deployments.apps -n other d", "namespace-scope-too-narrow"),
                ("list nodes", "cluster-scope-in-role"), ("get nodes n1", "cluster-scope-in-role"),
            ]
        ),
        Case(
            description: "a Role and its binding",
            yaml: Manifest.documents(
                Manifest.role(
                    "local",
                    namespace: "demo",
                    "- {apiGroups: [''], resources: [pods, nodes, namespaces], verbs: [get, list]}"
                ),
                Manifest.binding("local", to: "Role/local", namespace: "demo")
            ),
            expected: [
                ("list pods -n demo", "ok"), ("list pods -n other", "namespace-scope-too-narrow"),
                ("list nodes", "cluster-scope-in-role"), ("list namespaces", "cluster-scope-in-role"),
                ("get namespaces demo", "ok"), ("get namespaces other", "cluster-scope-in-role"),
                ("watch pods -n demo", "verb-missing"),
            ]
        ),
        Case(
            description: "paths in a Role",
            yaml: Manifest.documents(
                Manifest.role("local", namespace: "demo", "- {nonResourceURLs: [/metrics], verbs: [get]}"),
                Manifest.binding("local", to: "Role/local", namespace: "demo")
            ),
            expected: [("get /metrics", "cluster-scope-in-role"), ("get /other", "rule-missing")]
        ),
        Case(
            description: "cluster scope in an unbound Role, and in a ClusterRole that is not bound either",
            yaml: Manifest.documents(
                Manifest.role(
                    "local",
                    namespace: "demo",
                    "- {apiGroups: [''], resources: [nodes], verbs: [get, list]}"
                ),
                Manifest.role("wide", "- {apiGroups: [''], resources: [nodes], verbs: [list]}"),
                Manifest.role(pods),
                Manifest.binding()
            ),
            expected: [("get nodes", "cluster-scope-in-role"), ("list nodes", "not-bound")]
        ),
        Case(
            description: "bound too narrowly comes before bound to nobody",
            yaml: Manifest.documents(
                Manifest.role(pods),
                Manifest.role("spare", pods),
                Manifest.binding(namespace: "demo")
            ),
            expected: [("list pods", "namespace-scope-too-narrow")]
        ),
        Case(
            description: "a resource that nobody defines, called without a namespace",
            yaml: Manifest.documents(
                Manifest.role("- {apiGroups: [example.com], resources: [things, stuff], verbs: ['*']}"),
                Manifest.binding(namespace: "demo")
            ),
            expected: [
                ("list things.example.com", "namespace-scope-too-narrow"),
                ("get stuff.example.com thing", "cluster-scope-in-role"),
            ]
        ),
    ]

    private static let mismatches = [
        // The pods name no account, and all that there is is bound to the one that was meant.
        Case(
            description: "a built-in role of an account that nothing runs as",
            yaml: Manifest.documents(
                Manifest.account("op"),
                Manifest.deployment(account: "default"),
                Manifest.binding(
                    to: "ClusterRole/cluster-admin",
                    subject: "{kind: ServiceAccount, name: op, namespace: demo}"
                )
            ),
            expected: [("list pods", "subject-mismatch"), ("get /metrics", "subject-mismatch")]
        ),
        Case(
            description: "a role for everything of an account that nothing runs as",
            yaml: Manifest.documents(
                Manifest.account("op"),
                Manifest.deployment(account: "default"),
                Manifest.role(
                    "- {apiGroups: ['*'], resources: ['*'], verbs: ['*']}\n- {nonResourceURLs: ['*'], verbs: ['*']}"
                ),
                Manifest.binding(subject: "{kind: ServiceAccount, name: op, namespace: demo}")
            ),
            expected: [("list pods", "subject-mismatch"), ("get /metrics", "subject-mismatch")]
        ),
        Case(
            description: "another account's role for everything, beside a role of one's own",
            yaml: Manifest.documents(
                Manifest.account("op"),
                Manifest.deployment(),
                Manifest.role(pods),
                Manifest.binding(),
                Manifest.binding(
                    "op",
                    to: "ClusterRole/cluster-admin",
                    subject: "{kind: ServiceAccount, name: op, namespace: demo}"
                )
            ),
            expected: [("list pods", "ok"), ("create pods", "verb-missing"), ("get /metrics", "rule-missing")]
        ),
        Case(
            description: "another name",
            yaml: Manifest.documents(
                Manifest.deployment(),
                Manifest.role(pods),
                Manifest.binding(subject: "{kind: ServiceAccount, name: default, namespace: demo}")
            ),
            expected: [("list pods", "subject-mismatch"), ("create pods", "verb-missing")]
        ),
        Case(
            description: "another namespace",
            yaml: Manifest.documents(
                Manifest.deployment(),
                Manifest.role(pods),
                Manifest.binding(subject: "{kind: ServiceAccount, name: operator, namespace: system}")
            ),
            expected: [("list pods", "subject-mismatch")]
        ),
        Case(
            description: "another kind",
            yaml: Manifest.documents(
                Manifest.deployment(),
                Manifest.role(pods),
                Manifest.binding(subject: "{kind: User, name: operator}")
            ),
            expected: [("list pods", "subject-mismatch")]
        ),
        Case(
            description: "another group",
            yaml: Manifest.documents(
                Manifest.deployment(),
                Manifest.role(pods),
                Manifest.binding(subject: "{kind: Group, name: 'system:serviceaccounts:system'}")
            ),
            expected: [("list pods", "subject-mismatch")]
        ),
        Case(
            description: "no namespace in a ClusterRoleBinding",
            yaml: Manifest.documents(
                Manifest.deployment(),
                Manifest.role(pods),
                Manifest.binding(subject: "{kind: ServiceAccount, name: operator}")
            ),
            expected: [("list pods", "subject-mismatch")]
        ),
        Case(
            description: "a built-in role bound to somebody else",
            yaml: Manifest.documents(
                Manifest.deployment(),
                Manifest.role(pods),
                Manifest.binding(),
                Manifest.binding(
                    "auth",
                    to: "ClusterRole/system:auth-delegator",
                    subject: "{kind: ServiceAccount, name: oprator, namespace: demo}"
                )
            ),
            expected: [("create tokenreviews.authentication.k8s.io", "subject-mismatch")]
        ),
        Case(
            description: "bound to somebody else comes before bound to nobody",
            yaml: Manifest.documents(
                Manifest.deployment(),
                Manifest.role("a", pods),
                Manifest.role("b", pods),
                Manifest.binding("b", to: "ClusterRole/b", subject: "{kind: User, name: jane}")
            ),
            expected: [("list pods", "subject-mismatch")]
        ),
        Case(
            description: "another component's role is no near miss, nor is its wildcard a slip",
            yaml: Manifest.documents(
                Manifest.deployment(),
                Manifest.deployment("web", account: "web"),
                Manifest.role(pods),
                Manifest.binding(),
                Manifest.role(
                    "web",
                    """
                    - {apiGroups: [apps], resources: [deployments], verbs: [get]}
                    - {apiGroups: [batch], resources: ['*'], verbs: ['*']}
                    - {apiGroups: [''], resources: [pods, pods/log], verbs: [create, get]}
                    """
                ),
                Manifest.binding(
                    "web",
                    to: "ClusterRole/web",
                    subject: "{kind: ServiceAccount, name: web, namespace: demo}"
                )
            ),
            expected: [
                ("list deployments.apps", "rule-missing"), ("list jobs.batch", "rule-missing"),
                ("create pods", "verb-missing"), ("get pods/log", "subresource-missing"),
                ("get deployments.apps", "subject-mismatch"),
            ]
        ),
        Case(
            description: "not bound at all",
            yaml: Manifest.documents(
                Manifest.deployment(),
                Manifest.role(pods),
                Manifest.role("other", "- {apiGroups: [apps], resources: [deployments], verbs: [get]}"),
                Manifest.binding("other", to: "ClusterRole/other")
            ),
            expected: [("list pods", "not-bound"), ("create pods", "verb-missing"), ("get deployments.apps", "ok")]
        ),
        Case(
            description: "roles for users are no evidence while nobody has them",
            yaml: Manifest.documents(
                Manifest.deployment(),
                Manifest.role(pods),
                Manifest.binding(),
                Manifest.role(
                    "app-editor-role",
                    "- {apiGroups: [example.com], resources: [apps], verbs: [create, get, list]}"
                ),
                Manifest.role("app-viewer-role", "- {apiGroups: [example.com], resources: [apps], verbs: [get, list]}"),
                Manifest.role("app-admin-role", "- {apiGroups: [example.com], resources: [apps], verbs: ['*']}"),
                Manifest.role(
                    "app-view",
                    labels: "rbac.authorization.k8s.io/aggregate-to-view: 'true'",
                    "- {apiGroups: [example.com], resources: [apps], verbs: [get]}"
                )
            ),
            expected: [
                ("get apps.example.com", "rule-missing"), ("create apps.example.com", "rule-missing"),
                ("delete apps.example.com", "rule-missing"),
            ]
        ),
    ]

    private static let dangling = [
        Case(
            description: "roleRef misspelt",
            yaml: Manifest.documents(Manifest.role(pods), Manifest.binding(to: "ClusterRole/manager-rol")),
            expected: [("list pods", "role-ref-dangling"), ("list secrets", "unknown"), ("get /healthz", "ok")]
        ),
        Case(
            description: "roleRef of the other kind",
            yaml: Manifest.documents(
                Manifest.role("local", namespace: "demo", pods),
                Manifest.binding("local", to: "ClusterRole/local", namespace: "demo")
            ),
            expected: [("list pods -n demo", "role-ref-dangling"), ("create pods -n demo", "unknown")]
        ),
        Case(
            description: "a Role in another namespace than its binding",
            yaml: Manifest.documents(
                Manifest.role("local", namespace: "other", pods),
                Manifest.binding("local", to: "Role/local", namespace: "demo")
            ),
            expected: [("list pods -n demo", "role-ref-dangling"), ("list pods -n other", "role-ref-dangling")]
        ),
        Case(
            description: "the missing role may grant it, but not beyond its binding's namespace",
            yaml: Manifest.documents(
                Manifest.role(pods),
                Manifest.binding(),
                Manifest.binding("extra", to: "Role/elsewhere", namespace: "demo")
            ),
            expected: [
                ("list pods", "ok"), ("list secrets -n demo", "unknown"), ("list secrets", "rule-missing"),
                ("create pods -n other", "verb-missing"),
            ]
        ),
        Case(
            description: "a role that is bound is not what the dangling reference means",
            yaml: Manifest.documents(
                Manifest.deployment(),
                Manifest.role(pods),
                Manifest.binding("a", subject: "{kind: User, name: jane}"),
                Manifest.binding("b", to: "ClusterRole/elsewhere")
            ),
            expected: [("list pods", "unknown")]
        ),
        Case(
            description: "roles for users are not what the dangling reference means",
            yaml: Manifest.documents(
                Manifest.role("pod-viewer-role", pods),
                Manifest.binding(to: "ClusterRole/elsewhere")
            ),
            expected: [("list pods", "unknown")]
        ),
    ]

    private static func aggregate(_ selector: String, rules: String = "[]") -> String {
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: manager-role}
        aggregationRule:
          clusterRoleSelectors:
          - \(selector)
        rules: \(rules)
        """
    }

    private static let aggregation = [
        Case(
            description: "collected",
            yaml: Manifest.documents(
                aggregate("matchLabels: {example.com/part: 'true'}"),
                Manifest.binding(),
                Manifest.role("part", labels: "example.com/part: 'true'", pods)
            ),
            expected: [("list pods", "ok"), ("create pods", "verb-missing")]
        ),
        Case(
            description: "the label is missing",
            yaml: Manifest.documents(
                aggregate("matchLabels: {example.com/part: 'true'}"),
                Manifest.binding(),
                Manifest.role("part", pods)
            ),
            expected: [("list pods", "aggregation-unmatched"), ("list secrets", "rule-missing")]
        ),
        Case(
            description: "the label has another value, or is misspelt",
            yaml: Manifest.documents(
                aggregate("matchLabels: {rbac.authorization.k8s.io/aggregate-to-app: 'true'}"),
                Manifest.binding(),
                Manifest.role("part", labels: "rbac.authorization.k8s.io/aggregate-to-ap: 'true'", pods),
                Manifest.role(
                    "part2",
                    labels: "rbac.authorization.k8s.io/aggregate-to-app: 'false'",
                    "- {apiGroups: [''], resources: [secrets], verbs: [get]}"
                )
            ),
            expected: [("list pods", "aggregation-unmatched"), ("get secrets", "aggregation-unmatched")]
        ),
        Case(
            description: "matchExpressions",
            yaml: Manifest.documents(
                aggregate("matchExpressions: [{key: tier, operator: In, values: [core]}]"),
                Manifest.binding(),
                Manifest.role("part", labels: "tier: edge", pods)
            ),
            expected: [("list pods", "aggregation-unmatched")]
        ),
        Case(
            description: "rules typed into an aggregated role are lost",
            yaml: Manifest.documents(
                aggregate(
                    "matchLabels: {example.com/part: 'true'}",
                    rules: "[{apiGroups: [''], resources: [secrets], verbs: [get]}]"
                ),
                Manifest.binding(),
                Manifest.role("part", labels: "example.com/part: 'true'", pods)
            ),
            expected: [("get secrets", "aggregation-unmatched"), ("list pods", "ok")]
        ),
        Case(
            description: "aggregation in two steps, the second one broken",
            yaml: Manifest.documents(
                aggregate("matchLabels: {example.com/part: 'true'}"),
                Manifest.binding(),
                aggregate("matchLabels: {example.com/piece: 'true'}").replacingOccurrences(
                    of: "manager-role",
                    with: "middle"
                ),
                Manifest.role("piece", labels: "example.com/piece: 'true'", pods)
            ),
            expected: [("list pods", "aggregation-unmatched")]
        ),
        Case(
            description: "bound too narrowly comes before not collected; not collected before bound to nobody",
            yaml: Manifest.documents(
                aggregate("matchLabels: {example.com/part: 'true'}"),
                Manifest.binding(),
                Manifest.role("part", pods),
                Manifest.role("local", namespace: "demo", pods),
                Manifest.binding("local", to: "Role/local", namespace: "demo")
            ),
            expected: [("list pods", "namespace-scope-too-narrow"), ("list pods -n demo", "ok")]
        ),
        Case(
            description: "what collects rules itself is bound to nobody rather than not collected",
            yaml: Manifest.documents(
                aggregate("matchLabels: {example.com/part: 'true'}"),
                Manifest.binding(),
                Manifest.role("part", labels: "example.com/part: 'true'", pods),
                aggregate("matchLabels: {example.com/piece: 'true'}").replacingOccurrences(
                    of: "manager-role",
                    with: "second"
                ),
                Manifest.role(
                    "piece",
                    labels: "example.com/piece: 'true'",
                    "- {apiGroups: [''], resources: [secrets], verbs: [get]}"
                )
            ),
            expected: [("get secrets", "not-bound"), ("list pods", "ok")]
        ),
        Case(
            description: "what is collected is not what a dangling reference means",
            yaml: Manifest.documents(
                Manifest.deployment(),
                aggregate("matchLabels: {example.com/part: 'true'}"),
                Manifest.binding(subject: "{kind: User, name: jane}"),
                Manifest.role("part", labels: "example.com/part: 'true'", pods),
                Manifest.binding("elsewhere", to: "ClusterRole/elsewhere")
            ),
            expected: [("list pods", "unknown")]
        ),
        Case(
            description: "an aggregated role that the operator does not have explains nothing",
            yaml: Manifest.documents(
                Manifest.deployment(),
                aggregate("matchLabels: {example.com/part: 'true'}"),
                Manifest.role("part", labels: "example.com/part: 'true'", pods),
                Manifest.role("other", "- {apiGroups: [apps], resources: [deployments], verbs: [get]}"),
                Manifest.binding("other", to: "ClusterRole/other")
            ),
            expected: [("list pods", "not-bound")]
        ),
    ]

    private static func bound(_ rules: String) -> String {
        Manifest.documents(Manifest.role(rules), Manifest.binding())
    }

    private static let nearMisses = [
        Case(
            description: "resourceNames",
            yaml: bound(
                "- {apiGroups: [''], resources: [secrets], verbs: [get, list, watch, create, update, deletecollection], resourceNames: [a, b]}"
            ),
            expected: [
                ("get secrets -n x a", "ok"), ("get secrets -n x c", "resource-names-restricted"),
                ("list,watch secrets", "resource-names-restricted"),
                ("create secrets -n x", "resource-names-restricted"),
                ("deletecollection secrets -n x", "resource-names-restricted"), ("list secrets -n x a", "ok"),
                ("patch secrets -n x a", "verb-missing"), ("patch secrets -n x c", "verb-missing"),
            ]
        ),
        Case(
            description: "names beside a rule without, which lacks the verb",
            yaml: bound(
                """
                - {apiGroups: [''], resources: [secrets], verbs: [create]}
                - {apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [a]}
                """
            ),
            expected: [("get secrets -n x b", "resource-names-restricted"), ("update secrets -n x a", "verb-missing")]
        ),
        Case(
            description: "verbs",
            yaml: bound(
                """
                - {apiGroups: [''], resources: [pods, pods/log], verbs: [get]}
                - {apiGroups: ['*'], resources: ['*/scale'], verbs: [get]}
                - {nonResourceURLs: [/metrics], verbs: [get]}
                """
            ),
            expected: [
                ("list pods", "verb-missing"), ("create pods/log", "verb-missing"), ("use pods", "verb-missing"),
                ("update deployments.apps/scale", "verb-missing"), ("post /metrics", "verb-missing"),
            ]
        ),
        Case(
            description: "subresources",
            yaml: bound(
                """
                - {apiGroups: [''], resources: [pods], verbs: ['*']}
                - {apiGroups: [apps], resources: ['deployments/*'], verbs: [get]}
                - {apiGroups: [''], resources: [services/status], verbs: [get]}
                - {apiGroups: [example.com], resources: [apps, apps/status], verbs: [get, update]}
                """
            ),
            expected: [
                ("get pods/log", "subresource-missing"), ("create pods/exec -n x p", "subresource-missing"),
                ("get deployments.apps/scale", "subresource-missing"), ("get services", "rule-missing"),
                ("get services/proxy", "rule-missing"), ("update apps.example.com/finalizers", "subresource-missing"),
                ("patch apps.example.com/status", "verb-missing"), ("get deployments.apps", "rule-missing"),
            ]
        ),
        Case(
            description: "API groups",
            yaml: bound(
                """
                - {apiGroups: [extensions], resources: [deployments], verbs: [get]}
                - {apiGroups: [apps/v1], resources: [statefulsets, statefulsets/status], verbs: [get]}
                - {apiGroups: [core], resources: [secrets], verbs: [get]}
                - {apiGroups: [v1], resources: [configmaps], verbs: [get]}
                - {apiGroups: [''], resources: [events], verbs: [create]}
                - {resources: [pods], verbs: [get]}
                """
            ),
            expected: [
                ("get deployments.apps", "api-group-wrong"), ("get statefulsets.apps/status", "api-group-wrong"),
                ("get secrets", "api-group-wrong"), ("list configmaps", "api-group-wrong"),
                ("create events.events.k8s.io", "api-group-wrong"), ("get pods", "api-group-wrong"),
                ("get daemonsets.apps", "rule-missing"), ("get deployments.apps/scale", "rule-missing"),
            ]
        ),
        Case(
            description: "a wildcard beside a group with a version, or one that is misspelt",
            yaml: bound(
                """
                - {apiGroups: [apps/v1], resources: ['*'], verbs: [get]}
                - {apiGroups: [mail.exmaple.com], resources: ['*'], verbs: [get]}
                - {apiGroups: [core], resources: ['*/status'], verbs: [get]}
                """
            ),
            expected: [
                ("get deployments.apps", "api-group-wrong"), ("get boxes.mail.example.com", "api-group-wrong"),
                ("get pods/status", "api-group-wrong"), ("get pods", "rule-missing"),
                ("get jobs.batch", "rule-missing"),
            ]
        ),
        Case(
            description: "resource names",
            yaml: bound(
                """
                - {apiGroups: [apps], resources: [deployment, StatefulSet, ds, replicaset/status], verbs: [get]}
                - {apiGroups: [''], resources: [secret, configmpas, serviceacounts, pods/logs, ConfigMaps], verbs: [get]}
                - {apiGroups: [example.com], resources: [MyApp, policy], verbs: ['*']}
                - {apiGroups: [batch], resources: [cronjobs], verbs: [get]}
                """
            ),
            expected: [
                ("get deployments.apps", "resource-name-wrong"), ("list statefulsets.apps", "resource-name-wrong"),
                ("get daemonsets.apps", "resource-name-wrong"), ("get replicasets.apps/status", "resource-name-wrong"),
                ("get replicasets.apps", "rule-missing"), ("get secrets", "resource-name-wrong"),
                ("get configmaps", "resource-name-wrong"), ("get serviceaccounts", "resource-name-wrong"),
                ("get pods/log", "resource-name-wrong"), ("list myapps.example.com", "resource-name-wrong"),
                ("get policies.example.com", "resource-name-wrong"), ("get jobs.batch", "rule-missing"),
                ("get deployments.apps/scale", "rule-missing"),
            ]
        ),
        Case(
            description: "what is a resource itself is no slip",
            yaml: bound("- {apiGroups: [example.com], resources: [apps, appsets], verbs: [get]}"),
            expected: [("get appset.example.com", "resource-name-wrong"), ("get maps.example.com", "rule-missing")]
        ),
        Case(
            description: "the order of near misses",
            yaml: bound(
                """
                - {apiGroups: [extensions], resources: [deployments, deployments/scale], verbs: [list]}
                - {apiGroups: [apps], resources: [deployment], verbs: [list]}
                - {apiGroups: [apps], resources: [deployments], verbs: [get]}
                """
            ),
            expected: [
                ("list deployments.apps", "verb-missing"), ("list deployments.apps/scale", "subresource-missing"),
            ]
        ),
    ]

    private static let others = [
        Case(
            description: "without roles everything is missing",
            yaml: Manifest.account(),
            expected: [("list pods", "rule-missing"), ("get /metrics", "rule-missing")]
        ),
        Case(
            description: "a rule of one role and a verb of another do not add up",
            yaml: Manifest.documents(
                Manifest.role("a", "- {apiGroups: [''], resources: [pods], verbs: [get]}"),
                Manifest.role("b", "- {apiGroups: [''], resources: [secrets], verbs: [list]}"),
                Manifest.binding("a", to: "ClusterRole/a"),
                Manifest.binding("b", to: "ClusterRole/b")
            ),
            expected: [("list pods", "verb-missing"), ("get secrets", "verb-missing")]
        ),
    ]
}
