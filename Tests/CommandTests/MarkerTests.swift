import Foundation
import TestSupport
import Testing

/// Markers in the code, and the role that is generated from them.
@Suite struct MarkerTests {
    private static let guestbook = Repository.root.appending(path: "Examples/guestbook-operator")

    private func copyOfGuestbook() throws -> ScratchFolder {
        let folder = try ScratchFolder()
        for name in ["PROJECT", "Makefile", "api", "cmd", "config", "internal", "rbac-trace.jsonl"] {
            try FileManager.default.copyItem(
                at: Self.guestbook.appending(path: name),
                to: folder.url.appending(path: name)
            )
        }
        return folder
    }

    private func run(_ folder: ScratchFolder, _ arguments: String...) throws -> CommandRunner.Outcome {
        try CommandRunner(workingDirectory: folder.url).run(["check", "--offline"] + arguments)
    }

    private static let controller = "internal/controller/guestbook_controller.go"

    @Test func fixMarkersEditsTheCode() throws {
        let folder = try copyOfGuestbook()
        let role = try folder.read("config/rbac/role.yaml")
        let code = try folder.read(Self.controller)

        let patch = try run(folder, "--fix-markers", "--dry-run")
        expectGolden(patch.output, Repository.fixtures.appending(path: "commands/guestbook-fix-markers.diff"))
        #expect(try folder.read(Self.controller) == code)

        let outcome = try run(folder, "--fix-markers", "-q")
        expectGolden(outcome.errors, Repository.fixtures.appending(path: "commands/guestbook-fix-markers.errors"))
        let fixed = try folder.read(Self.controller)
        #expect(fixed != code)
        #expect(try folder.read("config/rbac/role.yaml") == role)
        // The role lags behind its markers until it is generated.
        #expect(outcome.status == 1)
        #expect(
            outcome.output.contains(
                "warning[marker-drift]: ClusterRole `manager-role` lacks what 6 markers in the code grant"
            )
        )
        #expect(outcome.output.hasSuffix("0 fixable with --fix\n"), "\(outcome.output)")

        try folder.write(Self.controller, code)
        try Shell.run("/usr/bin/patch", ["-p1"], in: folder.url, input: patch.output)
        #expect(try folder.read(Self.controller) == fixed)

        let again = try run(folder, "--fix-markers", "-q")
        #expect(again.errors.contains("reason: the markers in the code grant it already\n  hint: run `make manifests`"))
        #expect(try folder.read(Self.controller) == fixed)
    }

    @Test func aGeneratedRoleIsWrittenWithForceOnly() throws {
        let folder = try copyOfGuestbook()
        let role = try folder.read("config/rbac/role.yaml")
        let refused = try run(folder, "--fix", "-q")
        #expect(
            refused.errors.contains("reason: the file is generated from the markers in the code"),
            "\(refused.errors)"
        )
        #expect(try folder.read("config/rbac/role.yaml") == role)
        let forced = try run(folder, "--fix", "--force", "--fix-markers", "-q")
        #expect(forced.output.contains("error[subject-mismatch]"))
        #expect(!forced.output.contains("error[verb-missing]"))
        #expect(!forced.output.contains("lacks what"), "\(forced.output)")
        #expect(!forced.output.contains("no marker in the code"), "\(forced.output)")
    }

    // MARK: - Drift

    private func project(role: String, code: String, makefile: String? = nil) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write("go.mod", "module example.org/shop\n")
        try folder.write(
            "config/rbac/role.yaml",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: manager-role\nrules:\n\(role)"
        )
        try folder.write("internal/shop.go", "package shop\n\n\(code)\n")
        return folder
    }

    private static let pods = "- {apiGroups: [\"\"], resources: [pods], verbs: [get, list]}\n"

    @Test func driftBothWays() throws {
        let folder = try project(
            role: Self.pods + "- {apiGroups: [apps], resources: [deployments], verbs: [get, delete]}\n",
            code: """
                // +kubebuilder:rbac:groups="",resources=pods,verbs=get;list;watch
                // +kubebuilder:rbac:groups=apps,resources=deployments,verbs=get

                // Reconcile does it.
                // +kubebuilder:rbac:groups=batch,resources=jobs,verbs=create
                func Reconcile() {}

                // +kubebuidler:rbac:groups=batch,resources=cronjobs,verbs=create
                // +operator-sdk:csv:customresourcedefinitions:displayName=x,verbs=get

                // +kubebuilder:rbac:groups=batch,resource=jobs,verbs=get
                """
        )
        let outcome = try run(folder)
        expectGolden(outcome.output, Repository.fixtures.appending(path: "commands/marker-drift.text"))
        #expect(outcome.status == 0)
        #expect(try run(folder, "--fail-on", "warning").status == 1)
    }

    @Test func noDriftWhereControllerGenMergedAndSorted() throws {
        let folder = try project(
            role: """
                - {apiGroups: [""], resources: [pods, services], verbs: [get, list]}
                - {apiGroups: [apps, batch], resources: [things], verbs: ["*"]}
                - {nonResourceURLs: [/healthz, /metrics], verbs: [get]}

                """,
            code: """
                // +kubebuilder:rbac:groups=core,resources=services,verbs=list;get
                // +kubebuilder:rbac:groups="",resources=pods,verbs=get
                // +kubebuilder:rbac:groups="",resources=pods,verbs=list
                // +kubebuilder:rbac:groups=batch;apps,resources=things,verbs=get;*
                // +kubebuilder:rbac:urls=/metrics;/healthz,verbs=get
                """
        )
        let outcome = try run(folder, "-q")
        #expect(!outcome.output.contains("marker-drift"), "\(outcome.output)")
    }

    /// Where the manifests are no Go project's, or its markers yield another file, nothing is said.
    @Test func noNoise() throws {
        let folder = try project(
            role: Self.pods,
            code: "// +kubebuilder:rbac:groups=\"\",resources=pods,verbs=get;list"
        )
        try folder.write(
            "deploy/operator.yaml",
            try folder.read("config/rbac/role.yaml").replacing("pods", with: "nodes")
        )
        #expect(!(try run(folder, "-r", "deploy").output.contains("marker")))
        try FileManager.default.removeItem(at: folder.url.appending(path: "go.mod"))
        #expect(!(try run(folder).output.contains("marker")))
    }

    /// The only marker of a project is a slip: then no role is generated from markers, and that is why.
    @Test(arguments: [
        ("groups=apps,resources=deployments", "cannot read this marker: the argument `verbs` is missing"),
        ("groups=apps,resources=deployments,verbs=get,list", "cannot read this marker: "),
        ("groups=apps,resource=deployments,verbs=get", "cannot read this marker: "),
        ("groups=\"apps,resources=deployments,verbs=get", "cannot read this marker: a quote is not closed"),
        ("groups=apps,resources=deployments,verbs=get\nfunc F() {}", "ignores this marker: it touches the code below"),
    ])
    func theOnlyMarkerIsASlip(arguments: String, words: String) throws {
        let folder = try project(role: Self.pods, code: "// +kubebuilder:rbac:\(arguments)")
        let output = try run(folder, "-q").output
        #expect(output.contains("warning[marker-drift]: controller-gen \(words)"), "\(output)")
    }

    @Test func theMarkerStandsBesideTheRule() throws {
        let folder = try project(
            role: Self.pods,
            code: "// +kubebuilder:rbac:groups=\"\",resources=pods,verbs=get;list\n"
        )
        let outcome = try run(folder, "--need", "watch pods", "-o", "json")
        #expect(outcome.output.contains("the rule is generated from the marker at internal/shop.go:3"))
        #expect(outcome.output.contains("\"internal/shop.go\""))
        let text = try run(folder, "--need", "watch pods")
        #expect(text.output.contains("::: internal/shop.go:3:4"), "\(text.output)")
        #expect(text.output.hasSuffix("0 fixable with --fix, 1 with --fix-markers\n"))
        #expect(
            try run(folder, "--need", "watch pods", "--fix-markers").errors.hasPrefix(
                "fixed: internal/shop.go:3: verb-missing"
            )
        )
        #expect(try folder.read("internal/shop.go").contains("resources=pods,verbs=get;list;watch\n"))
    }
}
