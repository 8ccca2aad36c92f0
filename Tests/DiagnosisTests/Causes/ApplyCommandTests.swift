import Diagnosis
import Foundation
import Manifests
import RBAC
import TestSupport
import Testing
import Traces

/// The command that brings manifests into the cluster, by how they are laid out.
@Suite struct ApplyCommandTests {
    private static let role = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader}
        rules:
        - {apiGroups: [''], resources: [pods], verbs: [list]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: reader}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
        subjects: [{kind: ServiceAccount, name: operator, namespace: demo}]

        """
    private static let list = RequestAttributes(verb: "list", resource: "pods", namespace: "demo")

    /// A cluster that is empty.
    private struct Empty: ClusterAccess {
        func server() async -> CheckReport.Server { .init(url: "https://cluster.example", version: nil) }
        func currentUser() async -> ClusterAnswer<UserInfo> { .answer(UserInfo(name: "me")) }
        func review(_ requests: [RequestAttributes], for subject: ReviewSubject) async -> [AccessAnswer] {
            requests.map { _ in AccessAnswer(.denied) }
        }
        func discovery(refreshed: Bool) async -> ClusterAnswer<Discovery> {
            .failure(ClusterFailure(kind: .noAnswer, message: "none"))
        }
        func liveObjects(inNamespaces namespaces: [String]) async -> LiveObjects { LiveObjects(policy: Policy()) }
        func listedRules(of subject: ReviewSubject, inNamespace namespace: String) async -> ClusterAnswer<ListedRules> {
            .failure(ClusterFailure(kind: .noAnswer, message: "none"))
        }
    }

    private func remedy(_ files: [String: String], _ path: String) async throws -> (folder: String, remedy: Remedy) {
        let folder = try ScratchFolder()
        for (name, text) in files { try folder.write(name, text) }
        var set = RequirementSet()
        set.insert(Requirement(key: .init(attributes: Self.list), origins: ["trace"], count: 1))
        let input = CheckInput(
            manifests: try ManifestLoader.load(paths: [folder.path + path]),
            requirements: set.requirements,
            namespace: path.isEmpty ? nil : "demo",
            isOffline: false
        )
        let report = try await check(input, cluster: Empty())
        let finding = try #require(report.findings.first { $0.code == .notApplied })
        return (folder.path, try #require(finding.remedy))
    }

    @Test func aFileWithoutNamespaces() async throws {
        let (folder, remedy) = try await remedy(["role.yaml": Self.role], "/role.yaml")
        #expect(remedy.commands == ["kubectl apply -f \(folder)/role.yaml -n demo"])
    }

    @Test func aFolderWithFolders() async throws {
        let files = [
            "deploy/rbac/role.yaml": Self.role.replacing("name: reader}", with: "name: reader, namespace: demo}")
        ]
        let (folder, remedy) = try await remedy(files, "/deploy")
        #expect(remedy.commands == ["kubectl apply -f \(folder)/deploy -R"])
    }

    @Test func aKustomization() async throws {
        let files = [
            "deploy/role.yaml": Self.role, "deploy/kustomization.yaml": "namespace: demo\nresources: [role.yaml]\n",
        ]
        let (folder, remedy) = try await remedy(files, "/deploy")
        #expect(remedy.commands == ["kubectl apply -k \(folder)/deploy"])
    }

    /// Its objects have the names that the one beside it gives, which is what is applied.
    @Test func aFolderThatAKustomizationLists() async throws {
        let files = [
            "base/role.yaml": Self.role, "base/kustomization.yaml": "resources: [role.yaml]\n",
            "overlay/kustomization.yaml": "namePrefix: my-\nnamespace: demo\nresources: [../base]\n",
        ]
        let (folder, remedy) = try await remedy(files, "/base")
        #expect(remedy.commands == ["kubectl apply -k \(folder)/overlay"])
    }

    @Test func kubebuildersLayout() async throws {
        let (_, remedy) = try await remedy(["config/rbac/role.yaml": Self.role], "/config/rbac")
        #expect(remedy.commands == ["make deploy IMG=IMAGE"])
        #expect(remedy.summary.contains("`make install` brings the CRDs only"))
    }
}
