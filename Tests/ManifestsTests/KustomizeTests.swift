import Foundation
import Manifests
import RBAC
import Syntax
import Testing

/// Projects in kubebuilder's layout and others. `KustomizeOracleTests` hold the names against kustomize's own.
@Suite struct KustomizeTests {
    /// As kubebuilder lays projects out, in short.
    static func kubebuilder(_ more: [String: String] = [:]) throws -> TemporaryFolder {
        let rbac = "apiVersion: rbac.authorization.k8s.io/v1\n"
        let files = [
            "config/default/kustomization.yaml": """
            namespace: shop-system
            namePrefix: shop-
            resources:
            - ../crd
            - ../rbac
            - ../manager
            patches:
            - path: metrics_patch.yaml
              target: {kind: Deployment}
            """,
            "config/default/metrics_patch.yaml":
                "- op: add\n  path: /spec/template/spec/containers/0/args/0\n  value: --metrics\n",
            "config/crd/kustomization.yaml": "resources:\n- bases/carts.yaml\npatches:\n- path: patches/hook.yaml\n",
            "config/crd/bases/carts.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
                + "metadata: {name: carts.shop.io}\nspec: {group: shop.io, names: {plural: carts, kind: Cart}}\n",
            "config/crd/patches/hook.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
                + "metadata: {name: carts.shop.io}\nspec: {conversion: {strategy: Webhook}}\n",
            "config/rbac/kustomization.yaml":
                "resources:\n- service_account.yaml\n- role.yaml\n- role_binding.yaml\n- leader_election_role.yaml\n",
            "config/rbac/service_account.yaml":
                "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: controller-manager\n  namespace: system\n",
            "config/rbac/role.yaml":
                rbac
                + "kind: ClusterRole\nmetadata:\n  name: manager-role\nrules:\n- {verbs: [get], nonResourceURLs: [/x]}\n",
            "config/rbac/leader_election_role.yaml": rbac
                + "kind: Role\nmetadata: {name: leader-election-role}\nrules: []\n",
            "config/rbac/role_binding.yaml": rbac + """
                kind: ClusterRoleBinding
                metadata: {name: manager-rolebinding}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: manager-role}
                subjects: [{kind: ServiceAccount, name: controller-manager, namespace: system}]
                """,
            "config/rbac/unlisted.yaml": rbac + "kind: ClusterRole\nmetadata: {name: unlisted}\nrules: []\n",
            "config/manager/kustomization.yaml": "resources: [manager.yaml]\nimages: [{name: c, newName: d}]\n",
            "config/manager/manager.yaml": "apiVersion: apps/v1\nkind: Deployment\n"
                + "metadata: {name: controller-manager, namespace: system}\n"
                + "spec: {template: {spec: {serviceAccountName: controller-manager}}}\n",
            "config/samples/kustomization.yaml": "resources: [cart.yaml]\n",
            "config/samples/cart.yaml": "apiVersion: shop.io/v1\nkind: Cart\nmetadata: {name: sample}\n",
        ]
        return try TemporaryFolder(files.merging(more) { $1 })
    }

    private static let finalNames = [
        "ClusterRole /shop-manager-role [] [[]]",
        "ClusterRoleBinding /shop-manager-rolebinding -> ClusterRole shop-manager-role "
            + "[\"ServiceAccount shop-system/shop-controller-manager\"]",
        "Role shop-system/shop-leader-election-role [] []",
        "ServiceAccount shop-system/shop-controller-manager",
    ]
    private static let deployment = "Deployment shop-system/shop-controller-manager as shop-controller-manager"
    private static let crd = "CustomResourceDefinition /carts.shop.io"

    @Test func aKustomizationGivesNamesAndKeepsPlaces() throws {
        let folder = try Self.kubebuilder()
        for path in ["config/default", "config/default/", "config/default/kustomization.yaml"] {
            let set = try ManifestLoader.load(paths: [folder(path)])
            #expect(summary(set) == (Self.finalNames + [Self.deployment, Self.crd]).sorted())
            #expect(set.kustomizeNamespace == "shop-system")
            #expect(set.warnings.isEmpty, "the patches leave permissions alone")
            let role = try #require(set.roles.first { $0.kind == .clusterRole })
            #expect(role.identity.nameInFile == "manager-role")
            #expect(role.range.file == folder("config/rbac/role.yaml"))
            #expect(covered(role.nameRange, in: try #require(set.texts[role.range.file])) == "manager-role")
        }
    }

    @Test func aFolderTakesTheNamesOfTheKustomizationBesideIt() throws {
        let folder = try Self.kubebuilder()
        let set = try ManifestLoader.load(paths: [folder("config/rbac")])
        #expect(summary(set) == Self.finalNames)
        #expect(set.kustomizeNamespace == "shop-system")
        #expect(set.contextWorkloads.map(\.serviceAccountName) == ["shop-controller-manager"])
        #expect(set.contextWorkloads.map(\.identity.namespace) == ["shop-system"])
        #expect(set.contextCRDs.map(\.plural) == ["carts"])
        #expect(set.texts.count == 4, "only files of the folder itself")
        #expect(set.skipped.isEmpty)
        let both = try ManifestLoader.load(paths: [folder("config/rbac"), folder("config/manager")])
        #expect(summary(both) == (Self.finalNames + [Self.deployment]).sorted())
        #expect(both.contextWorkloads.isEmpty)
    }

    @Test func aFolderAboveHoldsEachObjectOnce() throws {
        let set = try ManifestLoader.load(paths: [Self.kubebuilder()("config")])
        #expect(summary(set) == (Self.finalNames + [Self.deployment, Self.crd]).sorted())
        #expect(set.skipped == ["Cart": 1])
    }

    @Test func aFolderWithoutAKustomizationTakesNamesAsWell() throws {
        let folder = try Self.kubebuilder()
        try FileManager.default.removeItem(atPath: folder("config/rbac/kustomization.yaml"))
        let set = try ManifestLoader.load(paths: [folder("config/rbac")])
        #expect(summary(set) == (Self.finalNames + ["ClusterRole /shop-unlisted [] []"]).sorted())
    }

    @Test func troubleElsewhereIsAWarningAndTroubleInTheFolderAnError() throws {
        let folder = try Self.kubebuilder(["config/manager/manager.yaml": "a: {{ .x }}\n"])
        let set = try ManifestLoader.load(paths: [folder("config/rbac")])
        #expect(summary(set) == Self.finalNames)
        #expect(set.warnings.count == 1)
        #expect(set.warnings[0].message.hasPrefix("not read: this is a Helm template"))
        #expect(loadError(paths: [folder("config/manager")]) != nil)
        #expect(loadError(paths: [folder("config/default")]) != nil)
        try folder.write("resources: [../shared.yaml]\n", to: "config/rbac/kustomization.yaml")
        let error = try #require(loadError(paths: [folder("config/rbac")]))
        #expect(error.message == "`../shared.yaml` is listed here and does not exist")
        #expect(error.file == folder("config/rbac/kustomization.yaml"))
        #expect(place(error.location) == "1:13")
    }

    @Test func severalAroundAFolderAreTold() throws {
        let folder = try Self.kubebuilder([
            "config/alpha/kustomization.yaml": "namePrefix: alpha-\nresources: [../rbac]\n",
            "config/same/kustomization.yaml": "namespace: shop-system\nnamePrefix: shop-\nresources: [../rbac]\n",
        ])
        let set = try ManifestLoader.load(paths: [folder("config/rbac")])
        #expect(summary(set) == Self.finalNames, "the one called default")
        #expect(set.warnings.count == 1)
        #expect(set.warnings[0].message.contains("config/alpha/kustomization.yaml lists"))
    }

    @Test func kustomizationsAroundKustomizationsCount() throws {
        let folder = try Self.kubebuilder([
            "config/kustomization.yaml": "nameSuffix: -v2\nresources: [default, samples]\n"
        ])
        let set = try ManifestLoader.load(paths: [folder("config/rbac")])
        #expect(set.roles.map(\.identity.name) == ["shop-manager-role-v2", "shop-leader-election-role-v2"])
    }

    @Test func whatIsElsewhereOrMissing() throws {
        let folder = try TemporaryFolder([
            "a/kustomization.yaml": "resources:\n- https://example.com/role.yaml\n- github.com/x/y//config?ref=v1\n",
            "b/kustomization.yaml": "resources:\n- ../c\n", "c/kustomization.yaml": "resources:\n- ../b\n",
            "d/kustomization.yaml": "resources:\n- ../e\n", "e/x.yaml": "a: b\n",
            "f/kustomization.yaml": "resources: role.yaml\n", "g/kustomization.yaml": "components: [../e]\n",
        ])
        let remote = try ManifestLoader.load(paths: [folder("a")])
        #expect(
            remote.warnings.map(\.message) == [
                "`https://example.com/role.yaml` is elsewhere, and was not read",
                "`github.com/x/y//config?ref=v1` is elsewhere, and was not read",
            ]
        )
        #expect(place(remote.warnings[1].range?.start) == "3:3")
        #expect(try #require(loadError(paths: [folder("b")])).message.contains("lists itself"))
        let plain = try #require(loadError(paths: [folder("d")]))
        #expect(plain.message == "`../e` has no kustomization.yaml")
        #expect(
            try #require(loadError(paths: [folder("f")])).message == "`resources` must be a list, and this is a text"
        )
        #expect(try #require(loadError(paths: [folder("g")])).message.contains("is no component"))
    }

    /// A kustomization's addition to the project, and the words of its warning; `nil` where it leaves permissions alone.
    static let features: [(String, String?)] = [
        ("patches:\n- path: p.yaml\n", "`patches` may change the ClusterRole `manager-role`"),
        ("patches:\n- path: p.yaml\n  target: {kind: Service}\n", nil),
        ("patches:\n- path: p.yaml\n  target: {kind: Role}\n", "may change the Role `leader-election-role`"),
        ("patches:\n- path: p.yaml\n  target: {kind: Role, name: other}\n", nil),
        ("patches:\n- path: p.yaml\n  target: {kind: '.*Role'}\n", "may change the ClusterRole"),
        ("patches:\n- path: p.yaml\n  target: {labelSelector: a=b}\n", "`patches` may change"),
        (
            "patches:\n- patch: '{kind: X, spec: {serviceAccountName: y}}'\n  target: {group: apps}\n",
            "may change the Deployment `controller-manager`"
        ),
        ("patches:\n- path: p.yaml\n  target: {kind: Role|Secret, name: '.*-x'}\n", nil),
        (
            "patches:\n- path: p.yaml\n  target: {kind: '(Cluster)?Role', name: lead.*role}\n",
            "may change the Role `leader"
        ),
        ("patches:\n- patch: '[{op: add, path: /spec/replicas, value: 2}]'\n  target: {kind: Deployment}\n", nil),
        (
            "patches:\n- patch: '[{op: add, path: /spec/template/spec/serviceAccountName, value: x}]'\n"
                + "  target: {kind: Deployment}\n", "may change the Deployment"
        ),
        ("patchesStrategicMerge:\n- p.yaml\n", "`patchesStrategicMerge` may change the ClusterRole `manager-role`"),
        (
            "patchesStrategicMerge:\n- |-\n  kind: Deployment\n  metadata: {name: controller-manager}\n"
                + "  spec: {template: {spec: {serviceAccountName: y}}}\n", "may change the Deployment"
        ),
        (
            "patchesStrategicMerge:\n- |-\n  kind: Deployment\n  metadata: {name: controller-manager}\n"
                + "  spec: {replicas: 2}\n", nil
        ),
        ("patchesJson6902:\n- path: p.yaml\n  target: {kind: RoleBinding, name: x}\n", nil),
        (
            "replacements:\n- source: {kind: Service}\n  targets:\n  - select: {kind: ClusterRoleBinding}\n"
                + "    fieldPaths: [subjects.0.name]\n", "`replacements` may change the ClusterRoleBinding"
        ),
        (
            "replacements:\n- source: {kind: Service}\n  targets:\n  - select: {kind: Certificate}\n"
                + "    fieldPaths: [spec.dnsNames.0]\n", nil
        ),
        ("transformers: [x.yaml]\n", "`transformers` may change every object"),
        ("generators: [x.yaml]\n", "`generators` may add roles"),
        ("helmCharts: [{name: x}]\n", "`helmCharts` may add roles"),
        ("configMapGenerator: [{name: x}]\n", nil),
        ("images: [{name: x, newTag: y}]\nreplicas: []\ncommonAnnotations: {a: b}\n", nil),
        ("vars: [{name: X}]\n", nil),
    ]

    @Test(arguments: features) func whatIsNotFollowedIsToldWhereItMatters(_ addition: String, _ words: String?) throws {
        let folder = try Self.kubebuilder([
            "config/top/kustomization.yaml": "resources: [../rbac, ../manager]\n" + addition,
            "config/top/p.yaml": "kind: ClusterRole\nmetadata: {name: manager-role}\nrules: []\n",
        ])
        let warnings = try ManifestLoader.load(paths: [folder("config/top")]).warnings
        guard let words else { return #expect(warnings.isEmpty, "\(warnings)") }
        #expect(warnings.count == 1)
        #expect(warnings.first?.message.contains(words) == true, "\(warnings)")
        #expect(warnings.first?.range?.file == folder("config/top/kustomization.yaml"))
    }

    @Test func aGeneratedNameInARuleIsTold() throws {
        let folder = try TemporaryFolder([
            "kustomization.yaml": "resources: [r.yaml]\nconfigMapGenerator:\n- name: settings\n",
            "r.yaml": "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules:\n"
                + "- {apiGroups: [''], resources: [configmaps], resourceNames: [settings], verbs: [get]}\n",
        ])
        let warnings = try ManifestLoader.load(paths: [folder("")]).warnings
        #expect(
            warnings.map(\.message) == [
                "kustomize's `configMapGenerator` changes the name `settings` that a rule's `resourceNames` holds, "
                    + "and is not followed here"
            ]
        )
    }

    @Test func aFolderReachedByALinkIsReadFromWhereItIs() throws {
        let folder = try Self.kubebuilder()
        try FileManager.default.createSymbolicLink(
            atPath: folder("link"),
            withDestinationPath: folder("config/default")
        )
        let set = try ManifestLoader.load(paths: [folder("link")])
        #expect(summary(set) == (Self.finalNames + [Self.deployment, Self.crd]).sorted())
    }
}
