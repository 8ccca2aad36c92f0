import Foundation
import TestSupport
import Testing

extension StoryEndToEndTests {
    /// The example operator against a real API server, with its own service account's token and its own role.
    @Suite(.enabled(if: MyAppProcess.isPresent, "\(MyAppProcess.absence)"))
    struct MyAppTests {
        private let project: StoryProject
        private var server: EnvTest { project.server }

        init() throws { project = try StoryProject(try EnvTest.shared()) }

        /// Reads fields of an object; empty where it is not there.
        private func field(_ kind: String, _ path: String, namespace: String = "default") -> String {
            (try? server.kubectl(["get", kind, "hello", "-n", namespace, "-o", "jsonpath={\(path)}"])) ?? ""
        }

        /// There is no controller of Deployments here, nor of what is owned: the test does what they would do.
        private func finishDeployment(ready: Int) throws {
            let status = #"{"status":{"replicas":\#(ready),"readyReplicas":\#(ready)}}"#
            try server.kubectl([
                "patch", "deployment", "hello", "-n", "default", "--subresource=status", "--type=merge", "-p", status,
            ])
        }

        @Test(.timeLimit(.minutes(5))) func reconcilesRepairsAndFinalizes() async throws {
            try project.deploy()
            defer { try? project.undeploy() }
            try project.applySample()
            let myapp = try MyAppProcess(project, ["--trace", "rbac-trace.jsonl"])
            try await waitUntil { field("myapp", ".status.conditions[0].reason") == "Progressing" }
            #expect(field("deployment", ".metadata.ownerReferences[0].blockOwnerDeletion") == "true")
            try finishDeployment(ready: 2)
            try await waitUntil { field("myapp", ".status.conditions[0].status") == "True" }
            #expect(field("myapp", ".status.readyReplicas") == "2")

            // Somebody edits what is not theirs.
            try server.kubectl(["scale", "deployment", "hello", "-n", "default", "--replicas=7"])
            try await waitUntil { field("deployment", ".spec.replicas") == "2" }
            try server.kubectl(["set", "image", "deployment/hello", "-n", "default", "app=registry.example/evil:1"])
            try await waitUntil {
                field("deployment", ".spec.template.spec.containers[0].image").hasSuffix("hello:1.0")
            }

            // A new Secret starts new pods; a missing one is told.
            let version = field("deployment", ".spec.template.metadata.annotations")
            try server.kubectl([
                "patch", "secret", "hello-settings", "-n", "default", "-p", #"{"stringData":{"A":"b"}}"#,
            ])
            try await waitUntil { field("deployment", ".spec.template.metadata.annotations") != version }
            try server.kubectl(["delete", "secret", "hello-settings", "-n", "default"])
            try await waitUntil { field("myapp", ".status.conditions[0].reason") == "SecretMissing" }

            try server.kubectl(["delete", "myapp", "hello", "-n", "default"])
            #expect(field("deployment", ".metadata.name").isEmpty)
            #expect(try server.kubectl(["get", "events.events.k8s.io", "-n", "default"]).contains("Repaired"))
            #expect(myapp.end(SIGTERM) == 0, "\(myapp.log)")

            // Nothing was called that the role does not grant, and nothing is granted that was not called.
            let check = try project.run(["check", "--offline", "-q"] + StoryEndToEndTests.owner)
            #expect(check.status == 0, "\(check.output)")
            let errors = try project.folder.read("rbac-trace.jsonl").split(separator: "\n").filter {
                $0.contains("403")
            }
            #expect(errors.isEmpty)
        }

        /// The log says nothing that helps; the preflight says it all.
        @Test(.timeLimit(.minutes(5))) func withoutTheRuleForSecrets() async throws {
            try project.removeRule(for: "secrets")
            try project.deploy()
            defer { try? project.undeploy() }
            let blind = try MyAppProcess(project, ["--preflight", "off", "--trace", "rbac-trace.jsonl"])
            #expect(blind.end() == 1)
            #expect(blind.log.contains("timed out waiting for caches to sync: secrets"))
            #expect(!blind.log.contains("forbidden"))
            let check = try project.run(["check", "--offline", "-q"])
            #expect(check.output.contains("config/rbac/role.yaml:4:9: error[rule-missing]: no rule mentions `secrets`"))

            let asking = try MyAppProcess(project, [])
            #expect(asking.end() == 1)
            #expect(asking.log.contains("error[rule-missing]: no rule mentions `secrets`"), "\(asking.log)")
            #expect(asking.log.contains("--> config/rbac/role.yaml:4:9"))
        }

        @Test(.timeLimit(.minutes(5)), arguments: ["myapps/status", "myapps/finalizers"])
        func withoutASubresource(_ resource: String) async throws {
            try project.removeRule(for: resource)
            try project.deploy()
            defer { try? project.undeploy() }
            try project.applySample()
            let myapp = try MyAppProcess(project, ["--preflight", "warn", "--trace", "rbac-trace.jsonl"])
            try await waitUntil { myapp.log.contains("failed to reconcile") }
            #expect(
                myapp.log.contains("error[subresource-missing]: the rule for `myapps` does not cover `\(resource)`")
            )
            // Mended while it runs: it comes by itself.
            try project.restore()
            try project.deploy()
            try await waitUntil { field("myapp", ".status.conditions[0].reason") == "Progressing" }
            #expect(myapp.end(SIGTERM) == 0)
            try project.removeSample()
        }

        @Test(.timeLimit(.minutes(5))) func oneOfTwoLeads() async throws {
            try project.deploy()
            defer { try? project.undeploy() }
            func leads(_ process: MyAppProcess) -> Bool { process.log.contains("leading") }
            let first = try MyAppProcess(project, ["--leader-elect"])
            try await waitUntil { leads(first) }
            let second = try MyAppProcess(project, ["--leader-elect"])
            try await waitUntil { second.log.contains("caches are synced") }
            // It gives the lease back, and the other need not wait for its end.
            #expect(first.end(SIGTERM) == 0, "\(first.log)")
            try await waitUntil { leads(second) }
            // It cannot give it back, and the next waits until it runs out.
            let third = try MyAppProcess(project, ["--leader-elect"])
            try await waitUntil { third.log.contains("caches are synced") }
            second.end(SIGKILL)
            #expect(!leads(third))
            try await waitUntil { leads(third) }
            #expect(third.end(SIGTERM) == 0)
        }
    }
}
