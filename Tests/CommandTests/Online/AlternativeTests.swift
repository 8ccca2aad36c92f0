import Foundation
import TestSupport
import Testing

/// Either API group is enough for events: what is said about the one that the manifests do not name.
@Suite struct AlternativeTests {
    private static let events = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: op-role, namespace: demo}
        rules:
        - apiGroups: [""]
          resources: [events]
          verbs: [create, patch]
        ---
        """
    private let project: OnlineProject

    init() throws {
        project = try OnlineProject()
        let manifests = try project.folder.read("role.yaml")
        let role = try #require(manifests.split(separator: "---\n").first { $0.contains("kind: Role\n") })
        try project.folder.write("role.yaml", manifests.replacing("\(role)---", with: Self.events))
        let header = #"{"apiVersion":"swiftop.dev/v1","kind":"PermissionTrace"}"#
        try project.folder.write("rbac-trace.jsonl", header + "\n")
    }

    private func check(_ api: StandInAPI, readsRoles: Bool = true) throws -> OnlineProject.Outcome {
        let server = try StandInServer { request in
            request.path.hasPrefix("/apis/rbac.") && !readsRoles ? .text("no\n", status: 403) : api.reply(to: request)
        }
        try project.connect(to: server.address, cluster: "")
        return try project.run(["check", "-p", "events", "--watch-namespace", "demo"])
    }

    /// The manifests name one of the two, and nobody can be asked: nothing is known to be missing.
    @Test func oneThatNobodyCouldBeAskedAbout() throws {
        var api = StandInAPI { _ in .init(false) }
        api.refusedKinds = ["SubjectAccessReview", "LocalSubjectAccessReview"]
        api.refusesImpersonation = true
        let outcome = try check(api, readsRoles: false)
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.report.codes(principal: true).isEmpty)
        #expect(outcome.report.finding("impersonation-refused") != nil)
        #expect(outcome.report.summary.unmet == 0)
        #expect(outcome.report.summary.unknown == outcome.report.summary.requirements)
    }

    /// Not applied yet: to apply it is what is missing, and not the other group.
    @Test func oneThatIsNotAppliedYet() throws {
        let outcome = try check(StandInAPI { .init($0.kind == "SelfSubjectAccessReview") })
        #expect(outcome.report.codes(principal: true) == ["not-applied"])
        #expect(outcome.report.finding("masked-by-broader-identity") == nil)
    }

    /// Half of one and half of the other is neither; the one that is there in part is mended.
    @Test(arguments: [("\"\"", "create", "events.k8s.io", "patch"), ("events.k8s.io", "create", "apps", "get")])
    func halves(_ group: String, _ verb: String, _ other: String, _ otherVerb: String) throws {
        let rules = """
            - {apiGroups: [\(group)], resources: [events], verbs: [\(verb)]}
            - {apiGroups: [\(other)], resources: [events], verbs: [\(otherVerb)]}
            """
        let whole = """
            - apiGroups: [""]
              resources: [events]
              verbs: [create, patch]
            """
        let role = try project.folder.read("role.yaml")
        #expect(role.contains(whole))
        try project.folder.write("role.yaml", role.replacing(whole, with: rules))
        let flags = ["check", "--offline", "-p", "events", "--watch-namespace", "demo"]
        let outcome = try project.run(flags)
        #expect(outcome.status == 1)
        #expect(outcome.report.codes(principal: true) == ["verb-missing"])
        #expect(outcome.report.finding("verb-missing")?.title.contains("lacks `patch`") == true)
        let fixed = try project.run(flags + ["--fix"])
        #expect(fixed.status == 0 && fixed.report.summary.unmet == 0)
        let grown = "{apiGroups: [\(group)], resources: [events], verbs: [\(verb), patch]}"
        #expect(try project.folder.read("role.yaml").contains(grown))
    }

    @Test func oneThatIsGranted() throws {
        let outcome = try check(StandInAPI { .init($0["group"].isEmpty) })
        #expect(outcome.report.findings.isEmpty, "\(outcome.report.findings)")
        #expect(outcome.report.summary.met == outcome.report.summary.requirements)
    }
}
