import Foundation
import TestSupport
import Testing

/// `diff` of a project and the cluster that it was applied to.
@Suite(.enabled(if: EnvTest.isPresent, "\(EnvTest.absence)"))
struct ClusterDiffCommandTests {
    private let server: EnvTest
    private static let project = Repository.root.appending(path: "Examples/guestbook-operator")

    init() throws { server = try EnvTest.shared() }

    private func diff() throws -> CommandRunner.Outcome {
        try CommandRunner(workingDirectory: Self.project)
            .run(["diff", "config/default", "cluster", "--kubeconfig", server.adminKubeconfig])
    }

    @Test func finalNamesAreCompared() throws {
        let folder = Self.project.appending(path: "config/default").path
        let missing = try diff()
        #expect(missing.status == 1)
        #expect(missing.output.contains("ClusterRole/guestbook-manager-role is not in the cluster"))

        try server.kubectl(["apply", "-k", folder])
        let applied = try diff()
        #expect(applied.status == 0, "\(applied.output)\(applied.errors)")

        try server.kubectl(["delete", "rolebinding", "guestbook-export-rolebinding", "-n", "guestbook-system"])
        try server.kubectl([
            "create", "clusterrolebinding", "guestbook-left-over", "--clusterrole=view",
            "--serviceaccount=guestbook-system:guestbook-controller-manager",
        ])
        try server.kubectl([
            "patch", "clusterrole", "guestbook-manager-role", "--type=json", "-p",
            #"[{"op":"add","path":"/rules/-","value":{"apiGroups":[""],"resources":["nodes"],"verbs":["list"]}}]"#,
        ])
        defer { _ = try? server.kubectl(["delete", "clusterrolebinding", "guestbook-left-over"]) }
        defer { _ = try? server.kubectl(["delete", "-k", folder, "--wait=false"]) }
        let changed = try diff()
        #expect(changed.status == 1)
        for part in ["guestbook-export-rolebinding", "guestbook-left-over", "nodes"] {
            #expect(changed.output.contains(part), "\(changed.output)")
        }
    }
}
