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

    private func swiftop(_ arguments: [String]) throws -> CommandRunner.Outcome {
        try folder.write("role.yaml", Self.manifests)
        let assets = try #require(EnvTest.assets)
        let runner = CommandRunner(
            workingDirectory: folder.url,
            environment: [
                "KUBECONFIG": server.adminKubeconfig, "PATH": "\(assets.path):/usr/bin:/bin", "HOME": folder.path,
                "XDG_RUNTIME_DIR": folder.path,
            ]
        )
        return try runner.run(arguments)
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
                  why: no rule mentions `secrets` [rule-missing]
                  fix: add a rule to ClusterRole `runner` (role.yaml:7:18)
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
}
