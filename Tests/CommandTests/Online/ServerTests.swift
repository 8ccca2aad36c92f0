import Foundation
import TestSupport
import Testing

/// Whole commands against a real API server.
@Suite(.enabled(if: EnvTest.isPresent, "\(EnvTest.absence)"))
struct ServerTests {
    private let server: EnvTest

    init() throws { server = try EnvTest.shared() }

    /// A project in a namespace of its own, seen by one of the server's users; `nil` is the administrator.
    private func project(_ namespace: String, user: String? = nil) throws -> OnlineProject {
        let project = try OnlineProject(calls: 2, namespace: namespace)
        try server.apply("{apiVersion: v1, kind: Namespace, metadata: {name: \(namespace)}}")
        try connect(project, user)
        return project
    }

    private func connect(_ project: OnlineProject, _ user: String?) throws {
        try project.connect(
            to: server.address,
            user: "token: \(user.map(server.token) ?? server.adminToken)"
        )
    }

    private func apply(_ project: OnlineProject) throws { try server.apply(project.folder.read("role.yaml")) }

    /// Lets a user do something, in one namespace or everywhere.
    private func grant(_ user: String, _ rules: String, in namespace: String? = nil) throws {
        let prefix = namespace == nil ? "Cluster" : ""
        let place = namespace.map { ", namespace: \($0)" } ?? ""
        try server.apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: \(prefix)Role
            metadata: {name: for-\(user)\(place)}
            rules: \(rules)
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: \(prefix)RoleBinding
            metadata: {name: for-\(user)\(place)}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: \(prefix)Role, name: for-\(user)}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: \(user)}]
            """
        )
    }

    /// Objects take a moment to reach the authorizer.
    private func eventually(
        _ arguments: [String],
        on project: OnlineProject,
        _ condition: (Report) -> Bool
    ) async throws -> OnlineProject.Outcome {
        var outcome = try project.run(arguments)
        for _ in 0..<50 where !condition(outcome.report) {
            try await Task.sleep(for: .milliseconds(100))
            outcome = try project.run(arguments)
        }
        return outcome
    }

    // MARK: Causes

    @Test func appliedOrNot() async throws {
        let project = try project("e2e-apply")
        let before = try project.run(["check"])
        #expect(before.status == 1 && before.errors.isEmpty, "\(before.errors)")
        #expect(before.report.codes(principal: true) == ["not-applied", "rule-missing"])
        #expect(before.report.own("allowed") == 3)
        #expect(before.report.requirements.allSatisfy { $0.effective.operator == "denied" })
        // A member of system:masters is allowed everything, and no reason is given.
        let masked = try #require(before.report.finding("masked-by-broader-identity"))
        #expect(masked.evidence == ["you are in `system:masters`, which is allowed everything before RBAC is asked"])
        #expect(
            before.report.identities == [
                .init(role: "self", user: "admin", via: "credentials"),
                .init(role: "operator", user: "system:serviceaccount:e2e-apply:op", via: "subjectaccessreview"),
            ]
        )
        #expect(try project.text(["diff", "role.yaml", "cluster"]).status == 1)

        try apply(project)
        let after = try await eventually(["check"], on: project) { $0.finding("not-applied") == nil }
        #expect(after.status == 1)
        #expect(after.report.codes(principal: true) == ["rule-missing"])
        #expect(after.report.summary.met == 2)
        let same = try project.text(["diff", "role.yaml", "cluster"])
        #expect(same.status == 0, "\(same.output)")
    }

    @Test func whoeverIsClusterAdminIsToldSo() async throws {
        let project = try project("e2e-mask", user: "tester-a")
        try server.apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: tester-a-is-admin}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: tester-a}]
            """
        )
        let outcome = try await eventually(["check"], on: project) { $0.own("allowed") == 3 }
        let masked = try #require(outcome.report.finding("masked-by-broader-identity"))
        #expect(
            masked.evidence.first?.contains(
                "RBAC: allowed by ClusterRoleBinding \"tester-a-is-admin\" of ClusterRole \"cluster-admin\" to User"
            ) == true
        )
    }

    // MARK: Ways to ask about the operator

    /// The way that each set of rights leaves open; with every one the answers are the same.
    @Test(arguments: [
        (
            "tester-b", "subjectaccessreview",
            "[{apiGroups: [authorization.k8s.io], resources: [localsubjectaccessreviews], verbs: [create]}]"
        ),
        ("tester-c", "impersonation", "[{apiGroups: [\"\"], resources: [serviceaccounts], verbs: [impersonate]}]"),
    ])
    func waysToAsk(_ user: String, _ via: String, _ rules: String) async throws {
        let namespace = "e2e-\(user)"
        let project = try project(namespace, user: user)
        try apply(project)
        try grant(user, rules, in: namespace)
        let outcome = try await eventually(["check"], on: project) { $0.summary.unknown == 0 && $0.summary.met == 2 }
        #expect(outcome.report.identities.last?.via == via)
        #expect(outcome.report.requirements.map(\.effective.operator) == ["denied", "allowed", "allowed"])
        #expect(outcome.report.requirements.allSatisfy { $0.effective.`self` == "denied" })
        #expect(outcome.report.finding("impersonation-refused") == nil)
    }

    /// Where nobody may be asked about the operator, roles and bindings that can be read tell as much.
    @Test func evaluatedFromWhatCanBeRead() async throws {
        let project = try project("e2e-read", user: "tester-d")
        try apply(project)
        let refused = try project.run(["check"])
        #expect(refused.status == 1)
        #expect(refused.report.summary.unknown == 2)
        #expect(refused.report.findings.count { $0.code == "impersonation-refused" } == 1)
        #expect(refused.report.finding("impersonation-refused")?.severity == "warning")
        #expect(refused.report.identities.last?.via == "manifests")
        let asked = try project.run(["check", "--identity", "e2e-read/op"])
        #expect(asked.status == 3)
        #expect(asked.report.finding("impersonation-refused")?.severity == "error")

        let rules = "[{apiGroups: [rbac.authorization.k8s.io], resources: ['*'], verbs: [get, list]}]"
        try grant("tester-d", rules)
        // Of the lists some may be allowed a moment before the others.
        let outcome = try await eventually(["check"], on: project) { report in
            report.requirements.allSatisfy { $0.effective.operator != "unknown" }
        }
        #expect(outcome.report.errors.map(\.message) == [])
        #expect(outcome.report.requirements.map(\.effective.operator) == ["denied", "allowed", "allowed"])
        #expect(outcome.report.identities.last?.via == "manifests")
        #expect(outcome.report.finding("impersonation-refused") == nil)
    }

    @Test func withATokenOfTheOperator() async throws {
        let project = try project("e2e-token")
        let missing = try project.run(["check", "--identity", "operator", "--review-as-token"])
        #expect(missing.status == 3)
        #expect(missing.report.errors.first?.message.contains("serviceaccounts \"op\" not found") == true)
        try apply(project)
        let outcome = try await eventually(["check", "--review-as-token"], on: project) { $0.summary.met == 2 }
        #expect(outcome.report.identities.map(\.via) == ["credentials", "token"])
        #expect(outcome.report.requirements.map(\.effective.operator) == ["denied", "allowed", "allowed"])
    }

    // MARK: Whose access

    @Test func whoseAccess() throws {
        let project = try project("e2e-identity")
        func identities(_ arguments: String...) throws -> [Report.Identity] {
            try project.run(["check"] + arguments).report.identities
        }
        let account = "system:serviceaccount:e2e-identity:op"
        let operators = Report.Identity(role: "operator", user: account, via: "subjectaccessreview")
        let own = Report.Identity(role: "self", user: "admin", via: "credentials")
        #expect(try identities("--identity", "both") == [own, operators])
        #expect(try identities("--identity", "operator") == [operators])
        #expect(try identities("--identity", "self").first == own)
        #expect(
            try identities("--identity", "elsewhere/other") == [
                .init(role: "operator", user: "system:serviceaccount:elsewhere:other", via: "subjectaccessreview")
            ]
        )
        #expect(
            try identities("--identity", "self", "--as", "jane", "--as-group", "g").first
                == .init(role: "self", user: "jane", via: "impersonation")
        )
        try connect(project, "tester-d")
        let refused = try project.run(["check", "--as", "jane"])
        #expect(refused.status == 3)
        #expect(refused.report.errors.first?.message.hasPrefix("you may not act as `jane`: ") == true)
        #expect(refused.report.finding("impersonation-refused") == nil)
    }

    @Test func whoAmI() throws {
        let project = try project("e2e-whoami")
        #expect(
            try project.text(["whoami"]).output == """
                user:       admin
                uid:        admin
                groups:     system:masters, system:authenticated
                credential: token of user `u` in kubeconfig:6
                server:     \(server.address)

                """
        )
        try project.connect(to: server.address, user: "token: \(OnlineProject.token)")
        let wrong = try project.text(["whoami"])
        #expect(wrong.status == 3)
        #expect(
            wrong.errors == """
                error: the server refuses the credentials (401): token of user `u` in kubeconfig:6
                  hint: log in again, or choose other credentials with --context or --kubeconfig

                """
        )
        try project.connect(to: server.address, user: "")
        let nobody = try project.text(["whoami"])
        #expect(nobody.status == 3)
        #expect(nobody.output.hasPrefix("user:       system:anonymous\n"))
    }

    // MARK: What is served, and where

    @Test func whatIsServed() async throws {
        let project = try project("e2e-served")
        let arguments = [
            "check", "--identity", "self", "--need", "list widgets.e2e.example.com", "--need", "get deploy/scale",
            "--need", "get pods/nothing", "--need", "list Ingress",
        ]
        let before = try project.run(arguments)
        #expect(before.report.finding("resource-not-served")?.title.contains("widgets.e2e.example.com") == true)
        #expect(before.report.finding("subresource-not-served")?.title.contains("pods/nothing") == true)
        // The review is asked all the same, of the resource that was meant.
        #expect(before.report.own("allowed") == 4)
        #expect(Set(before.report.requirements.map(\.resource)) == ["widgets", "deployments", "pods", "ingresses"])

        try server.apply(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.e2e.example.com}
            spec:
              group: e2e.example.com
              scope: Namespaced
              names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList, shortNames: [wdg]}
              versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
            """
        )
        try server.kubectl(["wait", "--for=condition=Established", "crd/widgets.e2e.example.com", "--timeout=30s"])
        // What is kept from the run before does not know the new resource; it is asked anew before anything is said.
        let after = try await eventually(arguments, on: project) { $0.finding("resource-not-served") == nil }
        #expect(after.report.finding("resource-not-served") == nil)
        let short = try project.run(["check", "--identity", "self", "--need", "list wdg"])
        #expect(short.report.requirements.map(\.resource) == ["widgets"])
    }

    @Test func scopeDecidesOnTheNamespace() async throws {
        let project = try project("e2e-scope")
        try apply(project)
        try server.apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: scope, namespace: e2e-scope}
            rules: [{apiGroups: [""], resources: [namespaces, nodes], verbs: [get]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: scope, namespace: e2e-scope}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: scope}
            subjects: [{kind: ServiceAccount, name: op, namespace: e2e-scope}]
            """
        )
        let arguments = [
            "check", "--identity", "e2e-scope/op", "--need", "get namespaces e2e-scope", "--need",
            "get nodes -n e2e-scope n1",
        ]
        // A Role reaches the namespace that it is in, and no node, whatever namespace is written.
        let outcome = try await eventually(arguments, on: project) {
            $0.requirements.contains { $0.effective.operator == "allowed" }
        }
        #expect(outcome.report.requirements.map(\.resource) == ["namespaces", "nodes"])
        #expect(outcome.report.requirements.map(\.effective.operator) == ["allowed", "denied"])
    }
}
