import Foundation
import TestSupport
import Testing

/// What the flags name, and what is taken where they name nothing.
@Suite struct InputTests {
    private let role = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: r}
        rules:
        - {apiGroups: [apps], resources: [deployments], verbs: [get, list, watch]}

        """

    /// Runs the program in a folder with this `role.yaml` and a trace of one call to secrets, and gives both streams.
    private func run(
        _ arguments: [String],
        role: String? = nil,
        input: String = ""
    ) throws -> CommandRunner.Outcome {
        let folder = FileManager.default.temporaryDirectory.appending(path: "inputs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data((role ?? self.role).utf8).write(to: folder.appending(path: "role.yaml"))
        try Data(#"{"verb":"list","resource":"secrets"}"#.utf8).write(to: folder.appending(path: "rbac-trace.jsonl"))
        return try CommandRunner(workingDirectory: folder).run(arguments, input: Data(input.utf8))
    }

    private func check(_ arguments: [String], role: String? = nil) throws -> CommandRunner.Outcome {
        try run(["check", "--offline"] + arguments, role: role)
    }

    @Test(arguments: ["deployments", "deployment", "deploy", "Deployment", "deployments.apps"])
    func aKnownResourceNeedsNoGroup(_ name: String) throws {
        let outcome = try check(["--need", "get \(name)", "-v"])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output.contains("ok  get   deployments.apps"), "\(outcome.output)")
    }

    /// Any text is a legal verb, so that a slip is asked about and told.
    @Test(arguments: [
        ("lst secrets", "`list`"), ("GET pods", "`get`"), ("put pods", "`update`"), ("use x.example.com", nil),
        ("post /x", nil), ("get /healthz", nil),
    ])
    func aVerbThatLooksLikeASlip(_ need: String, _ meant: String?) throws {
        let outcome = try check(["--need", need, "-q"])
        #expect(outcome.errors.contains("did you mean \(meant ?? "")") == (meant != nil), "\(outcome.errors)")
        #expect(outcome.status == 1 || need.contains("healthz"))
    }

    @Test func aProfileNeedsNoGroupEither() throws {
        let outcome = try check(["-p", "watches=deployments", "-v", "-t", "/dev/stdin"])
        #expect(outcome.status == 2, "an empty trace stays one")
        #expect(try check(["-p", "watches=deployments", "-q"]).output.contains("deployments") == false)
    }

    @Test func aResourceOfTheManifestsIsKnownToo() throws {
        let crd = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {kind: Widget, plural: widgets, singular: widget, shortNames: [wd]}
              versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
            ---

            """
        #expect(try check(["--need", "get wd"], role: crd + role).output.contains("`widgets.example.com`"))
    }

    @Test func aSingleNeedAsksWithoutTheTraceAndAProfileWithIt() throws {
        #expect(try check([]).output.contains("secrets"))
        #expect(try check(["--need", "get deployments"]).output.contains("secrets") == false)
        #expect(try check(["-p", "watches=deployments"]).output.contains("secrets"))
    }

    @Test func nobodyIsJudgedWhereNothingIsRequiredOfOneOfSeveral() throws {
        let others = ["a", "b"].map { name in
            """
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: \(name)}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}
            subjects: [{kind: ServiceAccount, name: \(name), namespace: demo}]

            """
        }
        let manifests = role + others.joined()
        let empty = #"{"apiVersion":"swiftop.dev/v1","kind":"PermissionTrace"}"#
        let outcome = try run(["check", "--offline", "-t", "-"], role: manifests, input: empty)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(!outcome.output.contains("judged:"), "\(outcome.output)")
        #expect(try check(["--need", "get pods"], role: manifests).errors.contains("--identity demo/a"))
    }

    @Test func standardInputIsReadOnce() throws {
        let outcome = try run(["check", "--offline", "-r", "-", "-t", "-"], input: role)
        #expect(outcome.status == 2)
        #expect(outcome.errors == "-: error: standard input is named twice\n  hint: name a file for one of them\n")
    }

    @Test func whatIsSkippedIsCountedOnRequest() throws {
        let others = ["ConfigMap", "Service", "Service"].map {
            "apiVersion: v1\nkind: \($0)\nmetadata: {name: a}\n---\n"
        }
        let outcome = try check(["-v"], role: others.joined() + role)
        #expect(outcome.output.contains("read: 1 file of role.yaml: ClusterRole (1)\n"), "\(outcome.output)")
        #expect(
            outcome.output.contains("read: skipped, having no bearing on permissions: ConfigMap (1), Service (2)\n")
        )
        #expect(try check([], role: others.joined() + role).output.contains("ConfigMap") == false)
    }

    /// Once, and not in the report too.
    @Test func aWarningAboutTheManifestsGoesToStandardError() throws {
        let outcome = try check([], role: role.replacing("resources:", with: "resource: [x], resources:"))
        #expect(outcome.errors.contains("role.yaml:5:23: warning: a rule has no field `resource`"), "\(outcome.errors)")
        #expect(!outcome.output.contains("has no field"))
    }
}
