import Manifests
import RBAC

/// The commands that bring the manifests into the cluster.
struct ApplyCommands {
    private let manifests: ManifestSet

    init(_ manifests: ManifestSet) { self.manifests = manifests }

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
        let paths = manifests.paths.isEmpty ? ["FILE"] : manifests.paths
        return paths.map { Kubectl.apply($0, isKustomization: manifests.kustomizeNamespace != nil) }
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
