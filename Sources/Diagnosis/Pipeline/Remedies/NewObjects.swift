import Manifests
import RBAC

/// Roles and bindings that the manifests lack, ready to apply.
struct NewObjects {
    private let evidence: Evidence

    init(_ evidence: Evidence) { self.evidence = evidence }

    /// The operator as a subject.
    var subject: Subject {
        let user = evidence.identity.user
        if let account = ServiceAccountName(userName: user.name) {
            return Subject(kind: "ServiceAccount", name: account.name, namespace: account.namespace)
        }
        let api = "rbac.authorization.k8s.io"
        if user.name.contains(" "), let group = user.groups.first {
            return Subject(kind: "Group", apiGroup: api, name: group)
        }
        return Subject(kind: "User", apiGroup: api, name: user.name)
    }

    /// What is to be applied, in three forms.
    struct Text {
        var yaml: [String] = []
        var markers: [String] = []
        var commands: [String] = []
    }

    /// New roles that grant the calls, each bound to the operator where its calls go: in the whole cluster for calls of
    /// cluster scope or to all namespaces, else in each namespace. Where the manifests bind nothing at all, a role counts
    /// as bound, and a binding would take that from the others.
    func granting(_ calls: [Call], _ rules: ([Call]) -> [PolicyRule]) -> Text {
        var text = Text()
        for (namespace, calls) in byNamespace(calls) {
            let rules = rules(calls)
            let role = Role(
                kind: namespace.isEmpty ? .clusterRole : .role,
                namespace: namespace,
                name: freeName(isClusterWide: namespace.isEmpty),
                rules: rules.map { Role.Rule($0) }
            )
            text.yaml += YAMLText.role(role)
            text.markers += rules.map { kubebuilderMarker($0, namespace: namespace) }
            let binding = binding(to: role, inNamespace: namespace.isEmpty ? nil : namespace)
            text.commands += commands(role, binding)
            if !evidence.side.manifests.countsRolesAsBound { text.yaml += YAMLText.binding(binding) }
        }
        return text
    }

    /// `kubectl create` makes roles of one rule each; further rules get a role, and a binding, of their own.
    private func commands(_ role: Role, _ binding: Binding) -> [String] {
        role.rules.enumerated().flatMap { index, entry -> [String] in
            let suffix = index == 0 ? "" : "-\(index + 1)"
            var part = binding
            part.name += suffix
            part.roleRef.name += suffix
            return [
                Kubectl.create(role.kind, named: role.name + suffix, in: role.namespace, entry.rule),
                Kubectl.create(part),
            ]
        }
    }

    /// Calls of each namespace in order; those that no namespace holds under the empty one, first.
    private func byNamespace(_ calls: [Call]) -> [(String, [Call])] {
        Dictionary(grouping: calls, by: \.home).sorted { $0.key < $1.key }
    }

    /// A binding of a role to the operator: in one namespace, or in the whole cluster.
    func binding(to role: Role, inNamespace namespace: String?) -> Binding {
        Binding(
            kind: namespace == nil ? .clusterRoleBinding : .roleBinding,
            namespace: namespace ?? "",
            name: bindingName(role.name),
            roleRef: RoleRef(kind: role.kind.rawValue, name: role.name),
            subjects: [subject]
        )
    }

    /// `manager-rolebinding` for `manager-role`, as kubebuilder names them; never one that is taken.
    private func bindingName(_ role: String) -> String {
        let base = role.hasSuffix("role") ? "\(role)binding" : "\(role)-binding"
        let taken = Set(evidence.side.manifests.bindings.map(\.identity.name))
        return free(base, taken)
    }

    private func freeName(isClusterWide: Bool) -> String {
        let account = ServiceAccountName(userName: evidence.identity.user.name)?.name
        let base = account.map { $0 == "default" ? "operator" : $0 } ?? "operator"
        let taken = Set(evidence.side.manifests.roles.map(\.identity.name))
        return free("\(base)-\(isClusterWide ? "cluster-" : "")role", taken)
    }

    private func free(_ name: String, _ taken: Set<String>) -> String {
        guard taken.contains(name) else { return name }
        var number = 2
        while taken.contains("\(name)-\(number)") { number += 1 }
        return "\(name)-\(number)"
    }
}
