import Foundation
import TestSupport
import Testing

extension StoryEndToEndTests {
    /// The whole story as somebody lives it who types `swiftop-rbac run` before the operator: with the administrator's
    /// kubeconfig, whose permissions hide every mistake.
    @Suite(.enabled(if: MyAppProcess.isPresent, "\(MyAppProcess.absence)"))
    struct RunTests {
        private let project: StoryProject
        private let readme: String
        private var server: EnvTest { project.server }

        init() throws {
            project = try StoryProject(try EnvTest.shared())
            readme = try String(contentsOf: Repository.root.appending(path: "README.md"), encoding: .utf8)
        }

        /// Looks for what the README quotes.
        private func expect(_ text: String, prints blocks: [String], _ place: SourceLocation = #_sourceLocation) {
            for block in blocks {
                #expect(text.contains(block), "\(text)", sourceLocation: place)
                let quoted = block.split(separator: "\n", omittingEmptySubsequences: false)
                    .map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
                #expect(readme.contains(quoted), "\(block)", sourceLocation: place)
            }
        }

        /// Each part of the story begins with no trace, no sample and the roles as they are now.
        private func begin(_ isMended: Bool = false) throws {
            try? project.folder.remove("rbac-trace.jsonl")
            try project.removeSample()
        }

        /// Runs the operator until something is so, and ends it.
        private func run(
            _ flags: [String],
            until isSo: (MyAppProcess) -> Bool
        ) async throws -> (status: Int32, log: String) {
            let run = try MyAppProcess(project, behind: ["run"] + flags)
            try await waitUntil { isSo(run) || !run.isRunning }
            let status = run.end(run.isRunning ? SIGTERM : nil)
            return (status, run.log)
        }

        private var reason: String {
            (try? server.kubectl([
                "get", "myapp", "hello", "-n", "default", "-o", "jsonpath={.status.conditions[0].reason}",
            ])) ?? ""
        }

        @Test(.timeLimit(.minutes(5))) func onlyTheCRDIsInstalled() throws {
            try project.install()
            defer { try? project.undeploy() }
            let stopped = try project.run(["run", "-q", "--access", "operator", "--", MyAppProcess.executable.path])
            #expect(stopped.status == 1)
            expect(
                stopped.errors,
                prints: [
                    "config/rbac/role.yaml:4:9: error[not-applied]: ClusterRole `myapp-manager-role` is not in the cluster\n",
                    "the command was not started; --force starts it all the same\n",
                ]
            )
        }

        /// Whatever the operator logs, what is missing is said as it happens.
        @Test(.timeLimit(.minutes(5))) func withoutTheRuleForSecrets() async throws {
            try project.removeRule(for: "secrets")
            try project.deploy()
            defer { try? project.undeploy() }
            try begin()
            let denied = """
                denied: list and watch secrets (403)
                  why: no rule mentions `secrets` [rule-missing] (config/rbac/role.yaml:4:9)
                  fix: add a rule to ClusterRole `manager-role`
                       - {apiGroups: [""], resources: [secrets], verbs: [list, watch]}

                """
            // The service account is in the cluster, and an administrator may act as it.
            let blind = try await run([]) { _ in false }
            #expect(blind.status == 1)
            #expect(blind.log.contains("(access: operator)"))
            #expect(!blind.log.contains("forbidden"))
            expect(
                blind.log,
                prints: [
                    denied, "timed out waiting for caches to sync: secrets\n",
                    "note: the command ended with status 1, probably because `list and watch secrets` is refused:",
                    "to mend it: swiftop-rbac check --fix\n",
                ]
            )
            try begin()
            let declared = try await run(["--access", "declared"]) { _ in false }
            #expect(declared.status == 1)
            #expect(declared.log.contains(denied))

            // With one's own permissions everything works, which proves nothing.
            try begin()
            try project.applySample()
            let masked = try await run(["--access", "self"]) { _ in reason == "Progressing" }
            #expect(masked.status == 1, "\(masked.log)")
            #expect(!masked.log.contains("denied:"))
            expect(
                masked.log,
                prints: [
                    """
                    masked, allowed to you and not granted to the operator:
                      no rule mentions `secrets` (config/rbac/role.yaml:4) [rule-missing]

                    """
                ]
            )
            // What is known now stops the next run before it begins.
            let next = try await run(["--access", "self"]) { _ in false }
            #expect(next.status == 1)
            #expect(next.log.contains("the command was not started"))
            try begin()
        }

        @Test(.timeLimit(.minutes(5))) func withoutTheStatus() async throws {
            try project.removeRule(for: "myapps/status")
            try project.deploy()
            defer { try? project.undeploy() }
            try begin()
            try project.applySample()
            let missing = try await run(["--access", "declared"]) { $0.log.contains("denied:") }
            expect(
                missing.log,
                prints: [
                    """
                    denied: patch myapps.example.com/status "hello" in default (403)
                      why: the rule for `myapps` does not cover `myapps/status` [subresource-missing] (config/rbac/role.yaml:7:3)

                    """
                ]
            )
            try project.restore()
            try project.removeStatus()
            try project.deploy()
            try project.waitForStatus(isServed: false)
            try begin()
            try project.applySample()
            let unserved = try await run(["--access", "declared"]) { $0.log.contains("not served:") }
            expect(
                unserved.log,
                prints: [
                    """
                    not served: patch myapps.example.com/status "hello" in default (404)
                      why: the API server does not serve `myapps.example.com/status` [subresource-not-served]
                    """
                ]
            )
            try project.restore()
            try project.deploy()
            try begin()
        }

        /// OwnerReferencesPermissionEnforcement is on here. Declared answers what the server would.
        @Test(.timeLimit(.minutes(5)), arguments: ["declared", "operator"])
        func withoutTheFinalizers(_ access: String) async throws {
            try project.removeRule(for: "myapps/finalizers")
            try project.deploy()
            defer { try? project.undeploy() }
            try begin()
            try project.applySample()
            let outcome = try await run(["--access", access]) { $0.log.contains("denied:") }
            expect(
                outcome.log,
                prints: [
                    """
                    denied: create deployments.apps in default (403)
                      why: an owner reference blocks deletion, and `myapps.example.com/finalizers` may not be updated [finalizers-permission]
                    """
                ]
            )
            try begin()
        }

        @Test(.timeLimit(.minutes(5))) func allMended() async throws {
            for resource in ["secrets", "myapps/status", "myapps/finalizers"] { try project.removeRule(for: resource) }
            let fix = try project.run(["check", "--offline", "--fix", "-q"] + StoryEndToEndTests.owner)
            #expect(fix.status == 0, "\(fix.output)")
            try project.deploy()
            defer { try? project.undeploy() }
            for access in ["operator", "declared", "self"] {
                try begin()
                try project.applySample()
                let outcome = try await run(["--access", access]) { _ in reason == "Progressing" }
                #expect(outcome.status == 0, "\(outcome.log)")
                expect(outcome.log, prints: ["run: every call of this run is granted\n"])
            }
            try begin()
        }
    }
}
