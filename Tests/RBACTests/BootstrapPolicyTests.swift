import Foundation
import RBAC
import TestSupport
import Testing

struct BootstrapPolicyTests {
    /// Roles that the reference files have from a distribution's own changes; upstream has none of them.
    private static let distributionOnly: Set<String> = [
        "system:openshift:public-info-viewer", "system:controller:service-ca-cert-publisher",
    ]

    static func objects(_ names: String...) throws -> [KubernetesObject] {
        try names.flatMap { name in
            let file = try SharedCorpus.path("corpus/bootstrap/\(name).yaml")
            return try KubernetesObject.list(yaml: String(contentsOf: file, encoding: .utf8))
        }
    }

    @Test(.enabled(if: SharedCorpus.isPresent, "reference data not there"))
    func `Every cluster role is upstream's, rule by rule`() throws {
        let upstream = try Self.objects("cluster-roles", "controller-roles").filter {
            !Self.distributionOnly.contains($0.metadata.name)
        }
        #expect(BootstrapPolicy.clusterRoleNames == upstream.map(\.metadata.name).sorted())
        for object in upstream {
            let name = object.metadata.name
            #expect(BootstrapPolicy.labels(ofClusterRole: name) == object.metadata.labels, "\(name)")
            #expect(BootstrapPolicy.isBuiltin(clusterRole: name))
            guard BootstrapPolicy.aggregationLabel(ofClusterRole: name) == nil else { continue }
            #expect(BootstrapPolicy.clusterRole(named: name) == object.role, "\(name)")
        }
    }

    @Test(.enabled(if: SharedCorpus.isPresent, "reference data not there"))
    func `Every role of the system's namespaces is upstream's`() throws {
        for object in try Self.objects("namespace-roles") {
            let role = try #require(object.role)
            #expect(BootstrapPolicy.role(named: role.name, namespace: role.namespace) == role)
        }
    }

    @Test(.enabled(if: SharedCorpus.isPresent, "reference data not there"))
    func `What is granted to everybody is among upstream's bindings`() throws {
        let upstream = try Self.objects("cluster-role-bindings").compactMap(\.binding)
        for binding in BootstrapPolicy.defaultGrants.bindings {
            let same = try #require(upstream.first { $0.name == binding.name })
            #expect(binding.roleRef == same.roleRef)
            #expect(binding.subjects.allSatisfy(same.subjects.contains))
        }
    }

    @Test func `admin, edit and view are filled as the controller fills them`() throws {
        func rules(_ name: String) throws -> [PolicyRule] {
            try #require(BootstrapPolicy.clusterRole(named: name)).rules.map(\.rule)
        }
        let view = try rules("system:aggregate-to-view")
        let edit = try rules("system:aggregate-to-edit")
        #expect(try rules("view") == view)
        #expect(try rules("edit") == edit + view)
        #expect(try rules("admin") == edit + view + rules("system:aggregate-to-admin"))
    }

    @Test func `What is not built in is not known`() {
        for name in ["", "manager-role", "system:", " * *: *", "view ", "kube-system/system:controller:token-cleaner"] {
            #expect(BootstrapPolicy.clusterRole(named: name) == nil)
            #expect(BootstrapPolicy.labels(ofClusterRole: name).isEmpty)
            #expect(!BootstrapPolicy.isBuiltin(clusterRole: name))
        }
        #expect(BootstrapPolicy.role(named: "system:controller:token-cleaner", namespace: "default") == nil)
    }

    @Test(
        arguments: [
            ("/version", "system:discovery"), ("/livez", "system:discovery"),
            ("/openid/v1/jwks", "system:service-account-issuer-discovery"),
            ("/metrics", nil),
        ] as [(String, String?)]
    )
    func `A service account reads discovery, and nothing of the cluster`(_ path: String, _ role: String?) {
        let user = ServiceAccountName(namespace: "demo", name: "op").user
        let access = Authorizer(policy: BootstrapPolicy.defaultGrants).access(of: user)
        let decision = access.decide(RequestAttributes(verb: "get", nonResourceURL: path))
        #expect(decision.grant.map { BootstrapPolicy.defaultGrants.roles[$0.role].name } == role)
        #expect(!access.decide(RequestAttributes(verb: "post", nonResourceURL: path)).isAllowed)
        #expect(!access.decide(RequestAttributes(verb: "get", resource: "pods", namespace: "demo")).isAllowed)
    }

    @Test func `Everybody may ask for the own access, in these words`() {
        let user = UserInfo(name: "jane", groups: ["system:authenticated"])
        let request = RequestAttributes(
            verb: "create",
            group: "authorization.k8s.io",
            resource: "selfsubjectaccessreviews"
        )
        let authorizer = Authorizer(policy: BootstrapPolicy.defaultGrants)
        #expect(
            authorizer.authorize(request, user: user).reason
                == #"RBAC: allowed by ClusterRoleBinding "system:basic-user" of ClusterRole "system:basic-user" to Group "system:authenticated""#
        )
        #expect(!authorizer.authorize(request, user: UserInfo(name: "jane")).isAllowed)
    }
}
