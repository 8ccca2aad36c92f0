package import Syntax

/// Everything of the manifests that bears on permissions, with positions.
package struct ManifestSet: Sendable {
    package var roles: [RoleManifest] = []
    package var bindings: [BindingManifest] = []
    package var serviceAccounts: [ServiceAccountManifest] = []
    package var workloads: [WorkloadManifest] = []
    package var crds: [CRDManifest] = []
    /// Workloads that only a kustomization around the named folder lists (`config/manager` beside `config/rbac`): they say
    /// which service account the operator runs under, and nothing else of them counts.
    package var contextWorkloads: [WorkloadManifest] = []
    /// The resource definitions that it lists.
    package var contextCRDs: [CRDManifest] = []
    /// What was read and has no bearing here: kind → count. Shown with `-v`.
    package var skipped: [String: Int] = [:]
    /// What was understood only in part and could change the answer, such as kustomize patches of a role.
    package var warnings: [ManifestWarning] = []
    /// The namespace that kustomize sets for everything, where it does.
    package var kustomizeNamespace: String?
    /// For a path of a kustomization, or of a folder that one lists: the folder of the kustomization, which is what is applied.
    package var kustomizations: [String: String] = [:]
    /// The text of each file that was read, by the name in the ranges; for excerpts in reports.
    package var texts: [String: String] = [:]
    /// Of these, what came through standard input or a pipe, and is no file.
    package var streams: Set<String> = ["<stdin>"]
    /// Of these, the ones that may not be written to.
    package var readOnlyFiles: Set<String> = []
    /// The `+kubebuilder:rbac` markers of the Go project that the manifests belong to, where they were looked for.
    package var markers: MarkerProject?
    /// Paths as the user gave them, in order.
    package var paths: [String] = []

    package init() {}
}

/// Something in the manifests that the tool does not follow; the answer may differ from the cluster's.
package struct ManifestWarning: Hashable, Sendable {
    /// Lower case, no final period.
    package var message: String
    package var range: SourceRange?

    package init(message: String, range: SourceRange? = nil) {
        self.message = message
        self.range = range
    }
}
