package import Manifests
package import RBAC
import Syntax

/// One side of a comparison that holds roles and bindings: manifests, a dump of a cluster, or a cluster that was asked.
package struct DiffInput: Sendable {
    package var side: DiffReport.Side
    package var policy: Policy
    /// Whose permissions the manifests are about, if that is known.
    package var user: UserInfo?
    /// `nil` where no file holds the objects.
    var manifests: ManifestSet?
    var declared: DeclaredPolicy?
    /// What could not be read of a cluster that was asked.
    private var gaps: [LiveObjects.Gap] = []

    /// Of files. Name open namespaces in `declared` as the other side does, or everything in them will differ.
    package init(
        side: DiffReport.Side,
        manifests: ManifestSet,
        declared: DeclaredPolicy,
        operator user: UserInfo?
    ) {
        self.side = side
        self.policy = declared.policy
        self.user = user
        self.manifests = manifests
        self.declared = declared
    }

    /// Of a cluster that was asked: its objects have no place in a file.
    ///
    /// - Parameter gaps: what could not be read of it.
    package init(
        side: DiffReport.Side,
        policy: Policy,
        gaps: [LiveObjects.Gap] = [],
        operator user: UserInfo?
    ) {
        self.side = side
        self.policy = policy
        self.gaps = gaps
        self.user = user
    }

    /// The gaps, each reason once.
    var failures: [CheckReport.Failure] {
        gaps.map(\.reason).uniqued().map { reason in
            let objects = gaps.filter { $0.reason == reason }
                .map { "\($0.kind) objects" + ($0.namespace.map { " in \($0)" } ?? "") }
            return .init(stage: .cluster, message: "\(objects.joined(separator: ", ")): \(reason)")
        }
    }

    /// Why an object that is not in `policy` may be there all the same; `nil` where it is not.
    ///
    /// - Parameter namespace: `nil` for an object of the whole cluster.
    func gap(_ kind: String, _ namespace: String?) -> LiveObjects.Gap? {
        gaps.first { $0.kind == kind && $0.isAbout(namespace) }
    }

    var texts: [String: String] { manifests?.texts ?? [:] }

    /// Whether files hold the role, rather than that it is known by name.
    func isWritten(_ role: Role) -> Bool {
        declared == nil || role.source != .none
    }

    /// The role of the manifests that a policy's role is.
    func manifest(of role: Role) -> RoleManifest? {
        guard let manifests, case .role(let index) = declared?[role.source], manifests.roles.indices.contains(index)
        else {
            return nil
        }
        return manifests.roles[index]
    }

    /// The rule of the manifests that a policy's rule is.
    func manifest(ofRule source: SourceID) -> RuleManifest? {
        guard let manifests, case .rule(let role, let rule) = declared?[source],
            manifests.roles.indices.contains(role), manifests.roles[role].rules.indices.contains(rule)
        else { return nil }
        return manifests.roles[role].rules[rule]
    }

    /// The binding of the manifests that a policy's binding is.
    func manifest(of binding: Binding) -> BindingManifest? {
        guard let manifests, case .binding(let index) = declared?[binding.source],
            manifests.bindings.indices.contains(index)
        else { return nil }
        return manifests.bindings[index]
    }
}

extension ManifestSet {
    /// Whether this is what a cluster holds, dumped, rather than what somebody wrote: each role carries a `uid`.
    package var isClusterDump: Bool { !roles.isEmpty && roles.allSatisfy(\.isClusterDump) }
}

extension Role {
    /// `ClusterRole/manager-role`, `Role/demo/leader-election-role`.
    var title: String { kind == .role ? "Role/\(namespace)/\(name)" : "ClusterRole/\(name)" }
}

extension Binding {
    /// `ClusterRoleBinding/manager-rolebinding`, `RoleBinding/demo/leader-election-rolebinding`.
    var title: String { kind == .roleBinding ? "RoleBinding/\(namespace)/\(name)" : "ClusterRoleBinding/\(name)" }

    /// The title of the role that this refers to, whether it exists or not.
    var roleTitle: String {
        roleRef.kind == "Role" ? "Role/\(namespace)/\(roleRef.name)" : "\(roleRef.kind)/\(roleRef.name)"
    }

    /// The namespace that it grants in; `nil` for the whole cluster.
    var scope: String? { kind == .roleBinding ? namespace : nil }
}

extension Subject {
    /// `ServiceAccount/demo/operator`, `User/alice`, `Group/devs`: one text for all spellings of one subject; `nil` for what
    /// matches nobody. Where the manifests leave the namespace open, it is left out.
    func title(in binding: Binding) -> String? {
        switch kind {
        case "ServiceAccount":
            if let name = accountName(in: binding) { return "ServiceAccount/\(name)" }
            return binding.kind == .roleBinding ? "ServiceAccount/\(name)" : nil
        case "User":
            return ServiceAccountName(userName: name).map { "ServiceAccount/\($0)" } ?? "User/\(name)"
        case "Group": return "Group/\(name)"
        default: return nil
        }
    }
}

extension UserInfo {
    /// As a subject that names this user.
    var subjectTitle: String { ServiceAccountName(userName: name).map { "ServiceAccount/\($0)" } ?? "User/\(name)" }
}

extension DiffInput {
    /// The namespaces of Roles and RoleBindings, sorted.
    package var namespaces: [String] {
        Set(policy.roles.map(\.namespace) + policy.bindings.map(\.namespace)).filter { !$0.isEmpty }.sorted()
    }
}
