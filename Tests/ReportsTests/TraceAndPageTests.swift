import Diagnosis
import Foundation
import RBAC
import Reports
import TestSupport
import Testing
import Traces

/// `trace show`, `profile` and `explain CODE`.
@Suite struct TraceAndPageTests {
    private static let renderer = Renderer(tool: CheckReportTests.tool)

    private static let requirements: [Requirement] = {
        let operatorName = ServiceAccountName(namespace: "shop-system", name: "controller-manager").userName
        func key(_ attributes: RequestAttributes, names: Bool = false, namespaces: Bool = false) -> Requirement.Key {
            Requirement.Key(
                attributes: attributes,
                hasManyNames: names,
                hasManyNamespaces: namespaces,
                user: operatorName
            )
        }
        return [
            Requirement(
                key: key(RequestAttributes(verb: "list", group: "apps", version: "v1", resource: "deployments")),
                origins: ["rbac-trace.jsonl:2"],
                count: 4,
                statuses: [200: 3, 403: 1],
                first: "2026-01-05T10:00:00Z",
                last: "2026-01-05T10:09:00Z",
                userAgents: ["manager/v0.1", "kubectl/v1.36"]
            ),
            Requirement(
                key: key(RequestAttributes(verb: "watch", group: "apps", version: "v1", resource: "deployments")),
                implied: "informer",
                origins: ["rbac-trace.jsonl:2"]
            ),
            Requirement(
                key: key(
                    RequestAttributes(verb: "get", version: "v1", resource: "pods", subresource: "log"),
                    names: true,
                    namespaces: true
                ),
                origins: ["rbac-trace.jsonl:9", "rbac-trace.jsonl:10"],
                count: 900,
                statuses: [200: 900],
                isDryRun: true,
                codeLocation: "internal/logs.go:41",
                message: "a \"quoted\" word"
            ),
            Requirement(
                key: Requirement.Key(
                    attributes: RequestAttributes(verb: "get", nonResourceURL: "/metrics"),
                    user: "mia"
                ),
                level: .usual,
                origins: ["needs.yaml:4"],
                isCached: true,
                alternative: "metrics"
            ),
            Requirement(
                key: key(
                    RequestAttributes(verb: "", version: "v1", resource: "configmaps", namespace: "秘密", name: "n")
                ),
                origins: ["rbac-trace.jsonl:11"],
                count: 1,
                statuses: [200: 1]
            ),
        ]
    }()

    @Test(arguments: ReportFormat.allCases)
    func tracesRenderAsRecorded(_ format: ReportFormat) {
        expectGolden(
            Self.renderer.trace(Self.requirements, as: format),
            CheckReportTests.golden("trace.\(format.rawValue)")
        )
    }

    @Test func oneUserNeedsNoColumn() {
        let text = Self.renderer.trace(Array(Self.requirements.prefix(2)), as: .text)
        #expect(!text.contains("USER") && !text.contains("controller-manager"))
    }

    @Test func nothingWasCalled() {
        #expect(Self.renderer.trace([], as: .text) == "nothing was called\n")
        #expect(
            Self.renderer.trace([], as: .json, failures: [CheckReport.Failure(stage: .trace, message: "m")])
                == """
                {
                  "apiVersion": "swiftop.dev/v1",
                  "kind": "PermissionTrace",
                  "requirements": [],
                  "errors": [
                    {"stage": "trace", "message": "m"}
                  ]
                }

                """
        )
    }

    @Test func profilesRenderAsRecorded() {
        let profiles = [
            ProfileSummary(name: "events", usage: "-p events", summary: "writes events, in either API group"),
            ProfileSummary(name: "for", usage: "-p for=RESOURCE.GROUP", summary: "reconciles a resource"),
        ]
        expectGolden(Self.renderer.profiles(profiles), CheckReportTests.golden("profile-list.text"))
        expectGolden(
            Self.renderer.profile(profiles[1], Self.requirements),
            CheckReportTests.golden("profile-show.text")
        )
    }

    @Test func aCodesPageRendersAsRecorded() {
        expectGolden(
            Self.renderer.code(FindingCode.verbMissing.text),
            CheckReportTests.golden("explain-verb-missing.text")
        )
    }

    @Test(arguments: FindingCode.allCases)
    func everyPageNamesItsCodeAndFits(_ code: FindingCode) {
        let page = Renderer(tool: CheckReportTests.tool, options: RenderOptions(width: 80)).code(code.text)
        let lines = page.split(separator: "\n")
        #expect(lines.first?.contains("[\(code.rawValue)]: ") == true)
        let prose = lines.dropFirst().filter { !$0.hasPrefix("  | ") && !$0.contains("https://") }
        #expect(prose.allSatisfy { $0.count <= 80 })
    }
}
