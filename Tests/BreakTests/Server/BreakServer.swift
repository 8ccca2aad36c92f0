import Diagnosis
import Foundation
import Inputs
import KubeAPI
import Manifests
import RBAC
import TestSupport

/// A real API server that holds the objects of many breaks at once, and a place for their files.
struct BreakServer: Sendable {
    let server: EnvTest
    let folder: ScratchFolder
    private let access: APIServerAccess

    init() throws {
        server = try EnvTest.shared()
        folder = try ScratchFolder()
        var options = ConnectionOptions()
        options.kubeconfig = server.adminKubeconfig
        let surroundings = ProcessSurroundings(environment: ["HOME": folder.path])
        access = try ClusterInput.connect(options, surroundings) { _ in }
    }

    /// Creates all objects at once, with the namespaces that they, the files and the calls are in.
    func create(_ sets: [(objects: ObjectSet, project: Project, calls: [RequestAttributes])]) throws {
        var namespaces = Set(sets.flatMap { $0.calls.map(\.namespace) } + sets.map(\.project.account.namespace))
        for objects in sets.flatMap({ [$0.objects, $0.project.objects] }) {
            namespaces.formUnion(objects.roles.filter { !$0.isBuiltIn }.map(\.role.namespace))
            namespaces.formUnion(objects.bindings.map(\.namespace) + objects.accounts.map(\.namespace))
        }
        let documents = namespaces.filter { !$0.isEmpty }.sorted().map { name in
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(name)}"
        }
        try server.apply(documents.joined(separator: "\n---\n"))
        try server.kubectl(
            ["create", "-f", "-"],
            input: sets.map { $0.objects.asStored.yaml() }.joined(separator: "---\n")
        )
    }

    /// What `check` says about files in this cluster.
    func check(_ file: String, _ calls: [RequestAttributes]) async throws -> (
        report: CheckReport, manifests: ManifestSet
    ) {
        let manifests = try ManifestLoader.load(paths: [file])
        let input = CheckInput(
            manifests: manifests,
            requirements: calls.requirements,
            hasTrace: true,
            identity: .operatorAccount,
            isOffline: false
        )
        return (try await Diagnosis.check(input, cluster: access), manifests)
    }

    func run(_ commands: [String]) throws {
        guard !commands.isEmpty else { return }
        try server.shell(commands.joined(separator: "\n"), in: folder.url)
    }

    /// Does what kube-controller-manager does, which does not run here: fills the aggregated roles of some objects.
    func aggregate(_ objects: ObjectSet) async throws {
        let names = Set(objects.roles.filter(\.isAggregated).map(\.role.name))
        guard !names.isEmpty else { return }
        let live = await access.client.livePolicy()
        var cluster = ObjectSet()
        cluster.roles = live.policy.roles.filter { $0.kind == .clusterRole }.map { role in
            .init(role: role, labels: live.labels[role.name] ?? [:], selectors: live.aggregations[role.name] ?? [])
        }
        for index in cluster.roles.indices where names.contains(cluster.roles[index].role.name) {
            let rules = try JSONEncoder().encode(["rules": cluster.storedRules(index).map(StoredRule.init)])
            let name = cluster.roles[index].role.name
            try server.kubectl([
                "patch", "clusterrole", name, "--type=merge", "-p", String(decoding: rules, as: UTF8.self),
            ])
        }
    }
}

/// A rule as the API has it.
private struct StoredRule: Encodable {
    var verbs: [String]
    var apiGroups: [String]?
    var resources: [String]?
    var resourceNames: [String]?
    var nonResourceURLs: [String]?

    init(_ rule: PolicyRule) {
        func given(_ list: [String]) -> [String]? { list.isEmpty ? nil : list }
        verbs = rule.verbs
        apiGroups = given(rule.apiGroups)
        resources = given(rule.resources)
        resourceNames = given(rule.resourceNames)
        nonResourceURLs = given(rule.nonResourceURLs)
    }
}

extension ObjectSet {
    /// As a cluster holds them: with the rules that aggregation brought, and without what it has anyway.
    fileprivate var asStored: ObjectSet {
        var stored = self
        for index in roles.indices { stored.roles[index].role.rules = storedRules(index).map { .init($0) } }
        stored.accounts = []
        return stored
    }
}

extension BreakGenerator.Candidate {
    /// With those calls alone that an API server without any CRD serves.
    var served: BreakGenerator.Candidate? {
        var result = self
        result.allowed = allowed.filter { call in
            guard call.nonResourceURL == nil else { return true }
            let known = KnownResources.builtin.resource(call.resource, group: call.group)
            return known?.origin == .builtIn
                && (call.subresource.isEmpty || known?.hasSubresource(call.subresource) ?? false)
        }
        return result.allowed.isEmpty ? nil : result
    }
}
