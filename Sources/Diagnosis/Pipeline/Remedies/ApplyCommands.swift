import Manifests
import RBAC

/// The commands that bring the manifests into the cluster.
struct ApplyCommands {
    private let manifests: ManifestSet
    /// Where objects belong that the manifests give no namespace.
    private let namespace: String

    init(_ evidence: Evidence) {
        self.init(evidence.side.manifests, namespace: evidence.defaultNamespace)
    }

    init(_ manifests: ManifestSet, namespace: String) {
        self.manifests = manifests
        self.namespace = namespace
    }

    /// kubebuilder's layout: `config/rbac` or `config/default`, beside a Makefile that knows `deploy`.
    var isKubebuilder: Bool {
        let marks = ["config/rbac", "config/default"]
        return manifests.paths.contains { path in
            let parts = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
            return marks.contains { parts == $0 || parts.hasSuffix("/\($0)") || parts.contains("\($0)/") }
        }
    }

    /// What to type; where a live `roleRef` differs, the old binding is deleted first.
    func commands(deleting outdated: [Binding] = []) -> [String] {
        outdated.map(Kubectl.delete) + apply
    }

    private var apply: [String] {
        if isKubebuilder { return ["make deploy IMG=IMAGE"] }
        var seen: Set<String> = []
        let paths = manifests.paths.isEmpty ? ["FILE"] : manifests.paths
        return paths.map { Kubectl.apply(options(for: $0)) }.filter { seen.insert($0).inserted }
    }

    private func options(for path: String) -> [String] {
        if let folder = manifests.kustomizations[path] { return ["-k", folder] + place }
        let folder = path.hasSuffix("/") ? path : path + "/"
        let isNested = manifests.texts.keys.contains {
            $0.hasPrefix(folder) && $0.dropFirst(folder.count).contains("/")
        }
        return ["-f", path] + (isNested ? ["-R"] : []) + place
    }

    /// kubectl puts what is open into its context's namespace; beside objects of other namespaces it takes no flag.
    private var place: [String] {
        let written =
            manifests.roles.filter { $0.kind == .role }.map(\.identity.namespace)
            + manifests.bindings.filter { $0.kind == .roleBinding }.map(\.identity.namespace)
            + manifests.serviceAccounts.map(\.identity.namespace) + manifests.workloads.map(\.identity.namespace)
        guard !namespace.isEmpty, written.contains(""), Set(written).isSubset(of: ["", namespace]) else { return [] }
        return ["-n", namespace]
    }

    func remedy(summary: String, deleting outdated: [Binding] = []) -> Remedy {
        var summary = summary
        if isKubebuilder {
            summary += " (`make install` brings the CRDs only, `make deploy` the roles and bindings too)"
        }
        if !outdated.isEmpty { summary += "; a `roleRef` cannot be changed, so the old binding is deleted first" }
        return Remedy(summary: summary, commands: commands(deleting: outdated))
    }
}
