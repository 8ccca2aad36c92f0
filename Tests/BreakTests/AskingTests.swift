import Diagnosis
import Foundation
import KubeAPI
import Manifests
import RBAC
import TestSupport
import Testing
import Traces

/// What is asked of a cluster to explain a refusal, and what is said where it does not answer all of it.
@Suite struct AskingTests {
    private static let account = ServiceAccountName(namespace: "demo", name: "operator")
    private static let pods = PolicyRule(verbs: ["get", "list"], apiGroups: [""], resources: ["pods", "configmaps"])
    private static let list = RequestAttributes(verb: "list", resource: "pods", namespace: "demo")
    private static let secrets = RequestAttributes(verb: "get", resource: "secrets", namespace: "demo", name: "key")

    private func objects(_ rules: [PolicyRule], isBound: Bool = true) -> ObjectSet {
        let role = Role(kind: .role, namespace: "demo", name: "operator", rules: rules.map { .init($0) })
        let binding = Binding(
            kind: .roleBinding,
            namespace: "demo",
            name: "operator",
            roleRef: RoleRef(kind: "Role", name: "operator"),
            subjects: [Subject(kind: "ServiceAccount", name: "operator", namespace: "demo")]
        )
        return ObjectSet(roles: [.init(role: role)], bindings: isBound ? [binding] : [], accounts: [Self.account])
    }

    private func check(
        _ files: ObjectSet?,
        _ calls: [RequestAttributes],
        _ cluster: ClusterStandIn
    ) async throws -> CheckReport {
        let input = CheckInput(
            manifests: try files?.manifests(operator: Self.account),
            requirements: calls.requirements,
            hasTrace: true,
            identity: .account(Self.account),
            isOffline: false
        )
        return try await Diagnosis.check(input, cluster: cluster)
    }

    @Test func whatIsAllowedNeedsNoObjects() async throws {
        let cluster = ClusterStandIn(objects([Self.pods]))
        let report = try await check(objects([Self.pods]), [Self.list], cluster)
        #expect(report.findings.filter { $0.severity == .error }.isEmpty)
        #expect(cluster.questions == ["operator"])
    }

    @Test func objectsAreReadOnceForARefusal() async throws {
        let cluster = ClusterStandIn(objects([Self.pods], isBound: false))
        let report = try await check(objects([Self.pods]), [Self.list], cluster)
        #expect(report.codes([Self.list]) == ["not-bound"])
        #expect(cluster.questions == ["operator", "objects"])
    }

    /// Less is known, and nothing wrong is said.
    @Test func withoutObjectsTheServersListTells() async throws {
        let all = ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"]
        let cluster = ClusterStandIn(objects([Self.pods]), hiding: all)
        let get = PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["secrets"])
        let report = try await check(objects([Self.pods, get]), [Self.list, Self.secrets], cluster)
        #expect(report.codes([Self.list, Self.secrets]) == ["ok", "access-denied"])
        let finding = try #require(report.findings.first { $0.code == .accessDenied })
        #expect(
            finding.evidence.contains(
                "in namespace `demo` a SelfSubjectRulesReview lists nothing about `secrets`"
            )
        )
        #expect(finding.evidence.contains("not read: Roles (forbidden)"))
        #expect(cluster.questions == ["operator", "objects", "rules in demo"])
    }

    @Test func aPartOfTheObjectsProvesWhatItShows() async throws {
        // The role can be read, and lacks the rule.
        let cluster = ClusterStandIn(objects([]), hiding: ["ClusterRoleBinding"])
        let outdated = try await check(objects([Self.pods]), [Self.list], cluster)
        #expect(outdated.codes([Self.list]) == ["role-outdated"])
        // The role has it; what binds it cannot be read.
        let unbound = ClusterStandIn(objects([Self.pods], isBound: false), hiding: ["RoleBinding"])
        let denied = try await check(objects([Self.pods]), [Self.list], unbound)
        #expect(denied.codes([Self.list]) == ["access-denied"])
        // Whether the role is there cannot be read.
        let hidden = ClusterStandIn(ObjectSet(), hiding: ["Role"])
        #expect(try await check(objects([Self.pods]), [Self.list], hidden).codes([Self.list]) == ["access-denied"])
    }

    @Test func withoutManifestsTheClusterExplains() async throws {
        let cluster = ClusterStandIn(objects([Self.pods]))
        let watch = RequestAttributes(verb: "watch", resource: "pods", namespace: "demo")
        let report = try await check(nil, [Self.list, watch, Self.secrets], cluster)
        #expect(report.codes([Self.list, watch, Self.secrets]) == ["ok", "verb-missing", "rule-missing"])
    }
}
