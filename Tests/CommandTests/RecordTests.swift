import Foundation
import TestSupport
import Testing

/// `record` as a user runs it, in front of a real API server.
@Suite(.enabled(if: EnvTest.isPresent, "\(EnvTest.absence)"))
struct RecordTests {
    let folder: ScratchFolder
    let server: EnvTest

    init() throws {
        folder = try ScratchFolder()
        server = try EnvTest.shared()
    }

    private func record(_ script: String, flags: [String] = []) throws -> CommandRunner.Outcome {
        let assets = try #require(EnvTest.assets)
        let runner = CommandRunner(
            workingDirectory: folder.url,
            environment: [
                "KUBECONFIG": server.adminKubeconfig, "PATH": "\(assets.path):/usr/bin:/bin", "HOME": folder.path,
                "KUBERNETES_SERVICE_HOST": "10.0.0.1", "XDG_RUNTIME_DIR": folder.path,
            ]
        )
        return try runner.run(["record"] + flags + ["--", "sh", "-c", script])
    }

    private func trace() throws -> String { try folder.read("rbac-trace.jsonl") }

    @Test func callsOfKubectlAreRecorded() throws {
        let outcome = try record("kubectl get configmaps -n kube-system -o name; exit 7")
        #expect(outcome.status == 7)
        #expect(outcome.output.contains("configmap/extension-apiserver-authentication"))
        #expect(outcome.errors.contains("with your own permissions (access: self)"))
        let trace = try trace()
        #expect(trace.contains(#""verb":"list","group":"","version":"v1","resource":"configmaps""#))
        #expect(trace.contains(#""nonResourceURL":"/api","purpose":"discovery""#))
        #expect(!trace.contains(server.adminToken))
    }

    @Test func theChildSeesNoRealCredential() throws {
        let outcome = try record(
            #"cat "$KUBECONFIG"; stat -c %a "$KUBECONFIG"; echo "${KUBERNETES_SERVICE_HOST-unset}""#
        )
        #expect(!outcome.output.contains(server.adminToken))
        #expect(outcome.output.contains("server: https://127.0.0.1:"))
        #expect(outcome.output.hasSuffix("600\nunset\n"))
        #expect(outcome.errors.contains("no call has come through"))
        #expect(try folder.names(".").filter { $0.hasPrefix("swiftop-rbac-run") } == [])
    }

    @Test func aRefusalIsRecordedWithTheServersWords() throws {
        _ = try record("kubectl get secrets -n default --as nobody; true")
        let trace = try trace()
        #expect(trace.contains(#"User \"nobody\" cannot list resource \"secrets\""#))
        #expect(trace.contains(#""user":"nobody""#))
        #expect(trace.contains(#""verb":"impersonate","group":"","version":"v1","resource":"users""#))
    }

    @Test func aTraceThatIsThereIsPutAside() throws {
        try folder.write("rbac-trace.jsonl", "old\n")
        _ = try record("true")
        #expect(try trace() == "old\n")
        _ = try record("kubectl get --raw /readyz")
        #expect(try folder.read("rbac-trace.jsonl.old") == "old\n")
        _ = try record("kubectl get --raw /livez", flags: ["--append"])
        #expect(try trace().contains("/readyz"))
        #expect(try trace().contains("/livez"))
    }

    /// Without a check before it there is nothing to force.
    @Test func aCommandIsAlsoStartedByForce() throws {
        let outcome = try record("kubectl get namespace default -o name; exit 3", flags: ["--force"])
        #expect(outcome.status == 3)
        #expect(outcome.output == "namespace/default\n")
    }

    @Test func endsAreAsAShellSays() throws {
        #expect(try record("kill -TERM $$").status == 143)
        let runner = CommandRunner(
            workingDirectory: folder.url,
            environment: ["KUBECONFIG": server.adminKubeconfig]
        )
        #expect(try runner.run(["record", "--", "nonesuch"]).status == 127)
        #expect(try runner.run(["record", "--", folder.path]).status == 126)
        let empty = try runner.run(["record"])
        #expect(empty.status == 2)
        #expect(empty.errors.contains("write it after --"))
        #expect(try runner.run(["record", "--trace-file", "/nonexistent/x", "--", "true"]).status == 2)
    }

    @Test func nothingIsLeftWhenTheProxyIsKilled() throws {
        // The proxy is this shell's parent.
        let outcome = try record(#"echo $$ > child; sleep 0.5; kill -KILL $PPID; sleep 1000"#)
        #expect(outcome.status == 137)
        let child = try #require(pid_t(try folder.read("child").trimmingCharacters(in: .whitespacesAndNewlines)))
        for _ in 0..<1000 where kill(child, 0) == 0 { usleep(10_000) }
        #expect(kill(child, 0) != 0)
        for _ in 0..<1000 {
            if try folder.names(".").allSatisfy({ !$0.hasPrefix("swiftop-rbac-run") }) { return }
            usleep(10_000)
        }
        Issue.record("the run's folder is still there")
    }
}
