import Foundation
import TestSupport
import Testing

/// `run`, and `record --access`, as a user runs them in front of a real API server.
@Suite(.enabled(if: EnvTest.isPresent, "\(EnvTest.absence)"))
struct RunTests {
    let folder: ScratchFolder
    let server: EnvTest

    init() throws {
        folder = try ScratchFolder()
        server = try EnvTest.shared()
    }

    private static let manifests = """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: runner, namespace: run-demo}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: runner}
        rules:
        - apiGroups: [""]
          resources: [configmaps]
          verbs: [get, list, watch]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: runner}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: runner}
        subjects: [{kind: ServiceAccount, name: runner, namespace: run-demo}]

        """

    private func swiftop(_ arguments: [String], account: String = "runner") throws -> CommandRunner.Outcome {
        try folder.write(
            "role.yaml",
            Self.manifests.replacing("name: runner, namespace", with: "name: \(account), namespace")
        )
        return try runner().run(arguments)
    }

    private func runner() throws -> CommandRunner {
        let assets = try #require(EnvTest.assets)
        return CommandRunner(
            workingDirectory: folder.url,
            environment: [
                "KUBECONFIG": server.adminKubeconfig, "PATH": "\(assets.path):/usr/bin:/bin", "HOME": folder.path,
                "XDG_RUNTIME_DIR": folder.path,
            ]
        )
    }

    @Test func declaredShowsTheRefusalThatTheClusterWillGive() throws {
        let script = "kubectl get configmaps -n kube-system -o name && kubectl get secrets -n default"
        let outcome = try swiftop(["record", "--access", "declared", "--", "sh", "-c", script])
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("configmap/"))
        #expect(outcome.errors.contains("with what the manifests grant to run-demo/runner, and no more"))
        #expect(
            outcome.errors.contains(
                #"User "system:serviceaccount:run-demo:runner" cannot list resource "secrets" in API group "" "#
            )
        )
    }

    @Test func whatTheChildAsksAboutItselfIsAnsweredForTheOperator() throws {
        let outcome = try swiftop([
            "record", "--access", "declared", "--", "kubectl", "auth", "can-i", "list", "secrets",
        ])
        #expect(outcome.output == "no\n")
    }

    @Test func operatorShowsWhatIsGrantedInTheCluster() throws {
        let outcome = try swiftop([
            "record", "--access", "operator", "--", "kubectl", "auth", "whoami", "-o",
            "jsonpath={.status.userInfo.username}",
        ])
        #expect(outcome.output == "system:serviceaccount:run-demo:runner")
    }

    @Test func aRefusalIsExplainedWithItsPlaceAndItsFix() throws {
        let outcome = try swiftop(["run", "--access", "declared", "--", "kubectl", "get", "secrets", "-n", "default"])
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains(
                """
                denied: list secrets in default (403)
                  why: no rule mentions `secrets` [rule-missing] (role.yaml:7:18)
                  fix: add a rule to ClusterRole `runner`
                       - {apiGroups: [""], resources: [secrets], verbs: [list]}

                """
            )
        )
        #expect(
            outcome.errors.contains(
                "denied:\n  list secrets in default: no rule mentions `secrets` (role.yaml:7) [rule-missing]\n"
            )
        )
        #expect(outcome.errors.hasSuffix("to mend it: swiftop-rbac check --fix\n"))
    }

    @Test func whatOnlyYouMayDoIsSaid() throws {
        let outcome = try swiftop([
            "run", "--force", "--access", "self", "--", "kubectl", "get", "secrets", "-n", "default",
        ])
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains(
                "masked, allowed to you and not granted to the operator:\n"
                    + "  no rule mentions `secrets` (role.yaml:7) [rule-missing]\n"
            )
        )
    }

    @Test func theCheckStopsTheCommand() throws {
        let outcome = try swiftop(["run", "--need", "delete pods -n default", "--", "touch", "started"])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the command was not started; --force starts it all the same"))
        #expect(try !folder.names(".").contains("started"))
        let forced = try swiftop(["run", "--force", "--need", "delete pods -n default", "--", "touch", "started"])
        #expect(forced.status == 0)
        #expect(try folder.names(".").contains("started"))
    }

    @Test func whatIsMissingForAChoiceIsNamed() throws {
        let empty = try ScratchFolder()
        let runner = CommandRunner(workingDirectory: empty.url, environment: ["KUBECONFIG": server.adminKubeconfig])
        let outcome = try runner.run(["record", "--access", "declared", "--", "true"])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("name them with -r"))
    }

    // MARK: - The end

    @Test func theStatusIsTheCommandsOwn() throws {
        #expect(try swiftop(["run", "--access", "self", "--", "sh", "-c", "exit 7"]).status == 7)
        #expect(try swiftop(["run", "--access", "self", "--", "sh", "-c", "kill -KILL $$"]).status == 137)
        #expect(try swiftop(["run", "--access", "self", "--", "nonesuch"]).status == 127)
        #expect(try swiftop(["run", "--access", "self", "--", folder.path]).status == 126)
        #expect(try swiftop(["run", "--access", "self", "--", "true"]).status == 0)
    }

    @Test func aFindingOfTheRunIsAFailureWhereTheCommandHasNone() throws {
        let secrets = ["--", "sh", "-c", "kubectl get secrets -n default || true"]
        #expect(try swiftop(["run", "--access", "declared"] + secrets).status == 1)
        try folder.remove("rbac-trace.jsonl")
        #expect(try swiftop(["run", "--access", "declared", "--fail-on", "never"] + secrets).status == 0)
        try folder.remove("rbac-trace.jsonl")
        let granted = try swiftop(["run", "--access", "declared", "--", "kubectl", "get", "configmaps", "-A"])
        #expect(granted.status == 0)
        #expect(granted.errors.contains("run: every call of this run is granted\n"))
        #expect(granted.errors.contains("granted, and not exercised in this run"))
    }

    @Test func theReportGoesToAFile() throws {
        let outcome = try swiftop(["run", "--access", "self", "-o", "json", "--", "true"])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("hint: write the report to a file: -o json=report.json"))
        let script = "kubectl get configmaps -n kube-system -o name"
        let run = try swiftop(["run", "--access", "self", "-o", "json=report.json", "--", "sh", "-c", script])
        #expect(run.output.hasPrefix("configmap/"))
        let report = try JSONSerialization.jsonObject(with: Data(try folder.read("report.json").utf8)) as? [String: Any]
        #expect(report?["kind"] as? String == "CheckReport")
        #expect((report?["requirements"] as? [Any])?.isEmpty == false)
    }

    @Test func whatTheServerDoesNotServeIsTold() throws {
        let path = "/apis/none.example.com/v1/widgets"
        let outcome = try swiftop(["run", "--access", "self", "--", "kubectl", "get", "--raw", path])
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains(
                """
                not served: list widgets.none.example.com (404)
                  why: the API server does not serve `widgets.none.example.com` [resource-not-served]

                """
            )
        )
        // An object that is not there is no refusal.
        try folder.remove("rbac-trace.jsonl")
        let missing = try swiftop([
            "run", "--access", "self", "--", "kubectl", "get", "configmap", "none", "-n", "kube-system",
        ])
        #expect(missing.status == 1)
        #expect(!missing.errors.contains("404"))
    }

    // MARK: - The choice

    @Test func theDefaultIsTheOperatorWhereItIsInTheCluster() throws {
        let whoami = ["--", "kubectl", "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"]
        let before = try swiftop(["run"] + whoami, account: "absent")
        #expect(before.errors.contains("(access: declared)"))
        #expect(before.output == "system:serviceaccount:run-demo:absent")
        try server.apply(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: run-demo}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: present, namespace: run-demo}
            """
        )
        let after = try swiftop(["run", "--force"] + whoami, account: "present")
        #expect(after.errors.contains("(access: operator)"))
        #expect(after.output == "system:serviceaccount:run-demo:present")
    }

    /// The right to impersonate alone does not choose that, which would be strange without a word.
    @Test func whoMayImpersonateAndNotLookIsToldSo() async throws {
        try server.apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: runs-as-others}
            rules: [{apiGroups: [""], resources: [serviceaccounts], resourceNames: [present], verbs: [impersonate]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: runs-as-others}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: runs-as-others}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: tester-f}]
            """
        )
        try folder.write("dev.kubeconfig", server.kubeconfig(user: "{token: \(server.token(of: "tester-f"))}"))
        let run = ["run", "--force", "--kubeconfig", "dev.kubeconfig", "--", "true"]
        var outcome = try swiftop(run, account: "present")
        for _ in 0..<50 where !outcome.errors.contains("note: ") {
            try await Task.sleep(for: .milliseconds(100))
            outcome = try swiftop(run, account: "present")
        }
        #expect(outcome.errors.contains("(access: declared)"))
        #expect(outcome.errors.contains("note: you may impersonate `run-demo/present`, and may not see whether it is"))
    }

    @Test func withoutManifestsNothingIsCheckedAndThatIsSaid() throws {
        let outcome = try runner().run(["run", "--need", "list secrets", "--", "true"])
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("note: there are no manifests, so nothing is checked before"))
    }

    @Test func whoMayNotImpersonateIsToldSo() throws {
        try folder.write("dev.kubeconfig", server.kubeconfig(user: "{token: \(server.token(of: "tester-d"))}"))
        let outcome = try swiftop([
            "run", "--access", "operator", "--kubeconfig", "dev.kubeconfig", "--", "kubectl", "get", "--raw",
            "/version",
        ])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("why: you may not act as the operator: `tester-d` may not `impersonate-on:"))
        #expect(outcome.errors.contains("fix: run it with --access declared, which needs no such right"))
        // Whatever the operator calls, one permission is enough.
        let command = try #require(outcome.errors.split(separator: "\n").first { $0.contains("kubectl create role ") })
        let flags = "-n run-demo --verb=impersonate --resource=serviceaccounts --resource-name=runner"
        #expect(command.hasSuffix(flags), "\(command)")
    }

    @Test func whatIsRefusedToYouIsNotPutToTheManifests() throws {
        try folder.write("dev.kubeconfig", server.kubeconfig(user: "{token: \(server.token(of: "tester-d"))}"))
        let outcome = try swiftop([
            "run", "--access", "declared", "--kubeconfig", "dev.kubeconfig", "--", "kubectl", "get", "configmaps",
        ])
        #expect(
            outcome.errors.contains(
                "why: `tester-d` may not `list` `configmaps` in namespace `default` [access-denied]\n"
            )
        )
        #expect(outcome.errors.contains("fix: call with a kubeconfig that may do this, or apply the manifests"))
    }

    @Test func withoutAServerTheCommandIsNotStarted() throws {
        let address = ["--server", "https://127.0.0.1:1"]
        let outcome = try swiftop(["run", "--access", "declared"] + address + ["--", "touch", "started"])
        #expect(outcome.status == 3)
        #expect(try !folder.names(".").contains("started"))
        let forced = try swiftop(["run", "--force", "--access", "declared"] + address + ["--", "touch", "started"])
        #expect(forced.status == 0)
        #expect(try folder.names(".").contains("started"))
    }

    // MARK: - While it runs

    @Test func anEditedRoleCountsAtOnce() throws {
        let script = """
            kubectl get secrets -n default && exit 1
            sed -i 's/resources: .configmaps./resources: [configmaps, secrets]/' role.yaml
            until kubectl get secrets -n default; do sleep 0.1; done
            """
        let outcome = try swiftop(["run", "--access", "declared", "--watch-manifests", "--", "sh", "-c", script])
        // What was refused before was refused.
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("manifests: changed, and read again; they count from here on"))
        #expect(outcome.errors.contains("now granted by the manifests:\n  list secrets in default\n"))
        #expect(!outcome.errors.contains("to mend it"))
    }

    @Test func aWrongEditLeavesTheManifestsFromBefore() throws {
        let script = """
            echo 'rules: [' >> role.yaml
            until grep -q 'those from before still count' errors; do sleep 0.1; done
            kubectl get configmaps -n kube-system -o name
            """
        let command =
            "'\(CommandRunner.executable.path)' run --access declared --watch-manifests -- sh -c \"$0\" 2> errors"
        let outcome = try shell(command, script)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("configmap/"))
        #expect(try folder.read("errors").contains("role.yaml:"))
    }

    /// A process that is not allowed to write files of more than 4 KiB has, for all that it can tell, a full disk.
    @Test func aFullDiskIsToldOnceAndTheCommandGoesOn() throws {
        let script = """
            i=0; while [ $i -lt 40 ]; do kubectl get --raw /version/$i; i=$((i+1)); done > /dev/null 2>&1
            sleep 1; echo done
            """
        let command = "ulimit -f 8; exec '\(CommandRunner.executable.path)' record -- sh -c \"$0\" 2>&1"
        let outcome = try shell(command, script)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("done\n"))
        #expect(outcome.output.components(separatedBy: "the trace cannot be written").count == 2, "\(outcome.output)")
        for line in try folder.read("rbac-trace.jsonl").split(separator: "\n") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
    }

    /// An informer is refused; the command dies of something generic.
    @Test func aGenericDeathIsPutToItsDenial() throws {
        let informer = "/api/v1/secrets?limit=500&resourceVersion=0"
        let script = "kubectl get --raw '\(informer)'; echo 'timed out waiting for cache to be synced'; exit 1"
        let outcome = try swiftop(["run", "--access", "declared", "--", "sh", "-c", script])
        #expect(outcome.errors.contains("denied: list and watch secrets (403)\n"))
        #expect(outcome.errors.contains("- {apiGroups: [\"\"], resources: [secrets], verbs: [list, watch]}\n"))
        #expect(
            outcome.errors.contains(
                "note: the command ended with status 1, probably because `list and watch secrets` is refused"
            )
        )
    }

    private func shell(_ command: String, _ argument: String) throws -> CommandRunner.Outcome {
        try folder.write("role.yaml", Self.manifests)
        var runner = try runner()
        runner.program = URL(fileURLWithPath: "/bin/sh")
        return try runner.run(["-c", command, argument])
    }
}
