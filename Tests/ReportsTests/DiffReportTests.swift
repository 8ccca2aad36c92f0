import Diagnosis
import Foundation
import RBAC
import Reports
import Syntax
import TestSupport
import Testing
import Traces

/// The three uses of `diff`, in every form.
@Suite struct DiffReportTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var report: DiffReport
        var testDescription: String { name }

        static let all = [roleToTrace, roleToRole, roleToCluster, noDifference]
    }

    @Test(arguments: Case.all, ReportFormat.allCases)
    func rendersAsRecorded(_ value: Case, _ format: ReportFormat) {
        let text = Renderer(tool: CheckReportTests.tool).diff([value.report], as: format)
        expectGolden(text, CheckReportTests.golden("\(value.name).\(format.rawValue)"))
    }

    @Test(arguments: Case.all, ["quiet", "verbose"])
    func rendersWithLessAndWithMore(_ value: Case, _ verbosity: String) throws {
        let options = RenderOptions(verbosity: try #require(RenderOptions.Verbosity(rawValue: verbosity)))
        let text = Renderer(tool: CheckReportTests.tool, options: options).diff([value.report], as: .text)
        expectGolden(text, CheckReportTests.golden("\(value.name).\(verbosity).text"))
    }

    @Test func severalClustersAreAList() throws {
        let text = Renderer(tool: CheckReportTests.tool).diff([Case.all[1].report, Case.all[2].report], as: .json)
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(document["kind"] as? String == "DiffReportList")
        #expect((document["items"] as? [Any])?.count == 2)
    }
}

private let file = SourceFile(
    name: "config/rbac/role.yaml",
    text: """
        kind: ClusterRole
        rules:
        - apiGroups: [""]
          resources: [pods, secrets]
          verbs: [get, delete]
        - apiGroups: [apps]
          resources: ["*"]
          verbs: ["*"]

        """
)

private func granted(_ rule: PolicyRule?, namespace: String? = nil) -> DiffReport.Item.Content {
    .rule(
        DiffReport.GrantedRule(
            role: "ClusterRole/manager-role",
            binding: "ClusterRoleBinding/manager-rolebinding",
            namespace: namespace,
            subjects: ["ServiceAccount/shop-system/controller-manager"],
            rule: rule
        )
    )
}

private func needed(_ verb: String, _ resource: String, line: Int, level: Requirement.Level = .required)
    -> DiffReport.Item
{
    let attributes = RequestAttributes(verb: verb, group: "apps", version: "v1", resource: resource, namespace: "demo")
    let requirement = Requirement(
        key: Requirement.Key(attributes: attributes),
        level: level,
        origins: ["rbac-trace.jsonl:\(line)"],
        count: 2,
        statuses: [403: 2]
    )
    let severity: Severity = level == .required ? .error : .warning
    return DiffReport.Item(content: .requirement(requirement), change: .neededNotGranted, severity: severity)
}

private let roleToTrace: DiffReportTests.Case = {
    var report = DiffReport(
        comparison: .roleToTrace,
        a: DiffReport.Side(kind: .manifests, label: "config/rbac"),
        b: DiffReport.Side(kind: .trace, label: "rbac-trace.jsonl")
    )
    report.texts = [file.name: file.text]
    report.identities = [
        CheckReport.Identity(
            role: .operator,
            user: ServiceAccountName(namespace: "shop-system", name: "controller-manager").user,
            via: .manifests
        )
    ]
    report.notes = ["nothing binds ClusterRole/manager-role: it is read as if bound to the operator"]
    report.onlyInB = [
        needed("list", "replicasets", line: 3), needed("watch", "replicasets", line: 4),
        needed("list", "daemonsets", line: 5), needed("watch", "daemonsets", line: 6),
        needed("create", "controllerrevisions", line: 8, level: .usual),
    ]
    report.onlyInA = [
        DiffReport.Item(
            content: granted(PolicyRule(verbs: ["delete"], apiGroups: [""], resources: ["pods", "secrets"])),
            change: .notExercised,
            severity: .warning,
            locations: [FindingLocation(range: file.range("delete"), labels: [file.label("delete", "not called")])]
        ),
        DiffReport.Item(
            content: granted(PolicyRule(verbs: ["*"], apiGroups: ["apps"], resources: ["*"])),
            change: .exercisedInPart,
            severity: .warning,
            locations: [FindingLocation(range: file.range(from: "- apiGroups: [apps]", to: "[\"*\"]"))],
            counterpart: [
                PolicyRule(verbs: ["get"], apiGroups: ["apps"], resources: ["deployments", "deployments/scale"])
            ]
        ),
    ]
    report.inBoth = [
        DiffReport.Item(
            content: granted(PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["pods"])),
            change: .same,
            locations: [FindingLocation(range: file.range("get"))]
        )
    ]
    return DiffReportTests.Case(name: "diff-role-trace", report: report)
}()

private let roleToRole: DiffReportTests.Case = {
    var report = DiffReport(
        comparison: .roleToRole,
        a: DiffReport.Side(kind: .manifests, label: "old/role.yaml"),
        b: DiffReport.Side(kind: .manifests, label: "config/rbac/role.yaml")
    )
    report.texts = [file.name: file.text]
    report.onlyInA = [
        DiffReport.Item(
            content: granted(
                PolicyRule(
                    verbs: ["get"],
                    apiGroups: [""],
                    resources: ["configmaps"],
                    resourceNames: ["settings", "ca"]
                ),
                namespace: "shop-system"
            ),
            change: .removed,
            severity: .error
        ),
        DiffReport.Item(
            content: granted(PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics", "/healthz/*"])),
            change: .narrowed,
            severity: .error,
            counterpart: [PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics"])],
            note: "paths below `/healthz/` are lost"
        ),
    ]
    report.onlyInB = [
        DiffReport.Item(
            content: granted(PolicyRule(verbs: ["delete"], apiGroups: [""], resources: ["secrets"])),
            change: .added,
            severity: .error,
            locations: [FindingLocation(range: file.range("secrets"))]
        ),
        DiffReport.Item(
            content: granted(PolicyRule(verbs: ["*"], apiGroups: ["apps"], resources: ["*"])),
            change: .widened,
            severity: .error,
            locations: [FindingLocation(range: file.range("\"*\""), labels: [file.label("\"*\"", "a list before")])],
            counterpart: [PolicyRule(verbs: ["get", "list"], apiGroups: ["apps"], resources: ["deployments"])]
        ),
    ]
    return DiffReportTests.Case(name: "diff-role-role", report: report)
}()

private let roleToCluster: DiffReportTests.Case = {
    var report = DiffReport(
        comparison: .roleToCluster,
        a: DiffReport.Side(kind: .manifests, label: "config/default"),
        b: DiffReport.Side(kind: .cluster, label: "cluster")
    )
    report.server = CheckReport.Server(url: "https://127.0.0.1:6443", version: "v1.36.2")
    report.onlyInA = [
        DiffReport.Item(content: granted(nil), change: .notApplied, severity: .error)
    ]
    report.onlyInB = [
        DiffReport.Item(
            content: granted(PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"]), namespace: ""),
            change: .notInManifests,
            severity: .error
        )
    ]
    report.notEvaluated = [needed("get", "deployments", line: 1)]
    report.failures = [CheckReport.Failure(stage: .review, message: "roles could not be listed in `demo`: 403")]
    return DiffReportTests.Case(name: "diff-role-cluster", report: report)
}()

private let noDifference: DiffReportTests.Case = {
    let report = DiffReport(
        comparison: .roleToRole,
        a: DiffReport.Side(kind: .manifests, label: "old/role.yaml"),
        b: DiffReport.Side(kind: .manifests, label: "new/role.yaml")
    )
    return DiffReportTests.Case(name: "diff-no-difference", report: report)
}()
