import Manifests
import RBAC
import Syntax
import Testing

@Suite struct ObjectReaderTests {
    private static let role = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata:
          name: manager   # the operator's
          labels: {team: "red"}
        rules:
        - apiGroups: [""]
          resources: [pods, "pods/log"]
          verbs:
          - get
          - "list"
        - {nonResourceURLs: [/metrics], verbs: ['*']}
        - apiGroups:
          -
          resources: [secrets]
          resourceNames: []
          verbs: [get]
        """

    @Test func aRoleIsReadWithThePlacesOfItsParts() throws {
        let set = try load(Self.role)
        let role = try #require(set.roles.first)
        #expect(role.kind == .clusterRole)
        #expect(role.identity.name == "manager")
        #expect(role.labels == ["team": "red"])
        #expect(!role.isClusterDump)
        #expect(covered(role.nameRange, in: Self.role) == "manager")
        #expect(covered(role.range, in: Self.role) == Self.role)
        let first = role.rules[0]
        #expect(
            first.rule == PolicyRule(verbs: ["get", "list"], apiGroups: [""], resources: ["pods", "pods/log"])
        )
        #expect(first.verbs.map { covered($0, in: Self.role) } == ["get", "\"list\""])
        #expect(first.apiGroups.map { covered($0, in: Self.role) } == ["\"\""])
        #expect(first.resources.map { covered($0, in: Self.role) } == ["pods", "\"pods/log\""])
        #expect(covered(first.range, in: Self.role).hasPrefix("apiGroups: [\"\"]\n"))
        #expect(covered(first.range, in: Self.role).hasSuffix("- \"list\""))
        #expect(role.rules[1].rule == PolicyRule(verbs: ["*"], nonResourceURLs: ["/metrics"]))
        #expect(covered(role.rules[1].range, in: Self.role) == "{nonResourceURLs: [/metrics], verbs: ['*']}")
        #expect(role.rules[2].rule.apiGroups == [""], "an empty item is the core group, as Go reads it")
        #expect(role.rules[2].resourceNames.map { covered($0, in: Self.role) } == ["[]"])
        #expect(set.texts["<stdin>"] == Self.role)
        #expect(set.warnings.isEmpty)
    }

    @Test func bindingsAccountsAndWorkloads() throws {
        let text = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: b, namespace: demo}
            roleRef: {kind: Role, name: r}
            subjects:
            - {kind: ServiceAccount, name: op, namespace: demo}
            - kind: Group
              apiGroup: rbac.authorization.k8s.io
              name: devs
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: op, namespace: demo}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: d, namespace: demo}
            spec: {template: {spec: {serviceAccountName: op, serviceAccount: old}}}
            ---
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: c}
            spec: {jobTemplate: {spec: {template: {spec: {serviceAccount: old}}}}}
            ---
            {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "e"}}
            """
        let set = try load(text)
        let binding = try #require(set.bindings.first)
        #expect(binding.roleRef == RoleRef(kind: "Role", name: "r"))
        #expect(binding.subjects.map(\.kind) == ["ServiceAccount", "Group"])
        #expect(covered(binding.roleRefRange, in: text) == "{kind: Role, name: r}")
        #expect(covered(binding.subjectRanges[0], in: text) == "{kind: ServiceAccount, name: op, namespace: demo}")
        #expect(set.serviceAccounts.map(\.identity.name) == ["op"])
        #expect(set.workloads.map(\.serviceAccountName) == ["op", "old", "default"])
    }

    @Test(arguments: [
        ("kind: List\napiVersion: v1\nitems:\n", "rbac.authorization.k8s.io/v1", "ClusterRole"),
        ("kind: ClusterRoleList\napiVersion: rbac.authorization.k8s.io/v1\nitems:\n", nil, nil),
    ])
    func listsAreOpened(_ head: String, _ apiVersion: String?, _ kind: String?) throws {
        var text = head
        for name in ["a", "b"] {
            text += "- metadata: {name: \(name), uid: 1-2}\n  rules: []\n"
            if let apiVersion, let kind { text += "  apiVersion: \(apiVersion)\n  kind: \(kind)\n" }
        }
        let set = try load(text)
        #expect(set.roles.map(\.identity.name) == ["a", "b"])
        #expect(set.roles.map(\.isClusterDump) == [true, true])
        #expect(set.roles.map(\.identity.kind) == ["ClusterRole", "ClusterRole"])
        #expect(try load("kind: List\napiVersion: v1\nitems: []\n").roles.isEmpty)
    }

    @Test func whatHasNoBearingIsCounted() throws {
        let set = try load(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"
                + "---\napiVersion: authorization.openshift.io/v1\nkind: Role\nmetadata: {name: c}\nrules: none of ours\n"
        )
        #expect(set.skipped == ["ConfigMap": 2, "Role": 1])
        #expect(set.roles.isEmpty)
    }

    @Test func definitionsOfResources() throws {
        let set = try load(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: apps.x.io}
            spec:
              group: x.io
              scope: Namespaced
              names: {plural: apps, singular: app, kind: App, shortNames: [ap]}
              versions:
              - {name: v1, served: true, schema: {openAPIV3Schema: {type: object}}, subresources: {status: {}, scale: }}
              - {name: v2, served: false}
            ---
            apiVersion: apiextensions.k8s.io/v1beta1
            kind: CustomResourceDefinition
            metadata: {name: olds.x.io}
            spec:
              group: x.io
              scope: Cluster
              version: v1
              names: {plural: olds, kind: Old}
              subresources: {status: {}}
            """
        )
        let crd = try #require(set.crds.first)
        #expect([crd.group, crd.plural, crd.singular, crd.kind] == ["x.io", "apps", "app", "App"])
        #expect(crd.shortNames == ["ap"])
        #expect(crd.isNamespaced)
        #expect(
            crd.versions == [
                .init(name: "v1", isServed: true, hasSchema: true, subresources: ["status"]),
                .init(name: "v2", isServed: false, hasSchema: false, subresources: []),
            ]
        )
        #expect(set.crds[1].versions.map(\.subresources) == [["status"]])
        #expect(!set.crds[1].isNamespaced)
        #expect(set.crds[1].singular == "old")
    }

    @Test func whatTheServerWouldDropIsWarnedAbout() throws {
        let text = """
            apiVersion: rbac.authorization.k8s.io/v1beta1
            kind: Role
            metadata: {name: r}
            rule: []
            rules:
            - {apiGroups: [""], resource: [pods], verbs: [get]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: b}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r, namespace: demo}
            subjects: [{kind: User, name: u, email: e}]
            """
        let warnings = try load(text).warnings
        #expect(
            warnings.map { $0.range.map { covered($0, in: text) } } == [
                "rbac.authorization.k8s.io/v1beta1", "rule", "resource", "namespace", "email",
            ]
        )
        #expect(warnings[0].message.contains("not served since Kubernetes 1.22"))
        #expect(warnings[2].message == "a rule has no field `resource`; the API server refuses it or leaves it out")
    }
}
