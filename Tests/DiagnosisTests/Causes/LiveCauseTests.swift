import Diagnosis
import Foundation
import Manifests
import RBAC
import Testing

/// Causes where a cluster is asked that holds other objects than the manifests, or that is asked about somebody else.
@Suite struct LiveCauseTests {
    /// Holds what a text says, and answers by it.
    private struct Cluster: ClusterAccess {
        var objects: Policy
        var caller = "me"

        init(_ yaml: String) throws {
            objects = try Manifest.load(yaml).declaredPolicy(defaultNamespace: "").policy
        }

        func server() async -> CheckReport.Server { .init(url: "https://cluster.example", version: nil) }
        func currentUser() async -> ClusterAnswer<UserInfo> { .answer(UserInfo(name: caller)) }
        func review(_ requests: [RequestAttributes], for subject: ReviewSubject) async -> [AccessAnswer] {
            let user = if case .user(let user) = subject { user } else { UserInfo(name: caller) }
            let access = Authorizer(policy: objects).access(of: user)
            return requests.map { AccessAnswer(access.grants(of: $0).isEmpty ? .denied : .allowed) }
        }
        func discovery(refreshed: Bool) async -> ClusterAnswer<Discovery> {
            .failure(ClusterFailure(kind: .noAnswer, message: "none"))
        }
        func liveObjects(inNamespaces namespaces: [String]) async -> LiveObjects { LiveObjects(policy: objects) }
        func listedRules(of subject: ReviewSubject, inNamespace namespace: String) async -> ClusterAnswer<ListedRules> {
            .failure(ClusterFailure(kind: .noAnswer, message: "none"))
        }
    }

    private static let pods = Manifest.role("company-base", "- {apiGroups: [''], resources: [pods], verbs: [watch]}")
    private static let manifests = Manifest.documents(
        Manifest.account(),
        Manifest.binding("op-rb", to: "ClusterRole/company-base"),
        Manifest.role("other-role", "- {apiGroups: [''], resources: [secrets], verbs: [list]}")
    )

    /// The server lists roles that are missing in another order each time; the same cluster is to give the same bytes.
    @Test func missingRolesAreListedInOneOrder() {
        func reason(_ text: String) -> String { AccessAnswer(.denied, reason: text).reason }
        let a = #"role.rbac.authorization.k8s.io "a" not found"#
        let b = #"role.rbac.authorization.k8s.io "b" not found"#
        #expect(reason("RBAC: [\(b), \(a)]") == "RBAC: [\(a), \(b)]")
        #expect(reason("RBAC: [\(a), \(b)]") == "RBAC: [\(a), \(b)]")
        #expect(reason("z, a") == "z, a" && reason("RBAC: \(b)") == "RBAC: \(b)" && reason("").isEmpty)
    }

    /// A role that the manifests refer to and do not hold may be in the cluster: its binding works, and is left alone.
    @Test func aRoleThatOnlyTheClusterHas() async throws {
        let situation = try Situation(Self.manifests, needs: ["list secrets", "watch pods"])
        let live = try Cluster(Manifest.documents(Self.manifests, Self.pods))
        let report = try await situation.check(live)
        let finding = try #require(report.findings.first { $0.isPrincipal && $0.code != .unknown })
        #expect(finding.code == .notBound)
        #expect(finding.remedy?.commands.contains { $0.contains("delete") } == false)

        // Where it is nowhere, it is what is wrong; without a look into the cluster that is not claimed.
        let gone = try await situation.check(Cluster(Self.manifests))
        let dangling = try #require(gone.findings.first { $0.code == .roleRefDangling })
        #expect(dangling.title.contains("which does not exist"))
        let offline = try await situation.check()
        let open = try #require(offline.findings.first { $0.code == .roleRefDangling })
        #expect(open.title.contains("which is not in the manifests"))
    }

    /// Nothing that could be applied mends what is refused to somebody whom the manifests are not for.
    @Test func onlyWhoAsksIsAskedAbout() async throws {
        let manifests = Manifest.documents(
            Manifest.account(),
            Manifest.role("- {apiGroups: [''], resources: [pods], verbs: [list]}"),
            Manifest.binding()
        )
        var situation = try Situation(manifests, needs: ["list pods"])
        situation.identity = .currentUser
        let report = try await situation.check(Cluster(manifests))
        let finding = try #require(report.findings.first { $0.isPrincipal })
        #expect(finding.code == .subjectMismatch)
        #expect(finding.title.hasSuffix("not you, `me`"))
        #expect(finding.explanation.hasPrefix("Only your own access was asked about"))
        #expect(!finding.explanation.contains("the cluster differs"))
        #expect(finding.remedy?.commands.isEmpty == true)
        situation.identity = .automatic
        #expect(try await situation.check(Cluster(manifests)).findings.allSatisfy { !$0.isPrincipal })
    }
}
