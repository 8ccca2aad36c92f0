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

    /// New roles that grant the calls, each bound to the operator where its calls go: in the whole cluster for calls of
    /// cluster scope or to all namespaces, else in each namespace. Where the manifests bind nothing at all, a role counts
    /// as bound, and a binding would take that from the others.
    func granting(_ calls: [Call], _ rules: ([Call]) -> [PolicyRule]) -> Remedy {
        var remedy = Remedy(summary: "", rules: rules(calls))
        for (namespace, calls) in byNamespace(calls) {
            let rules = rules(calls)
            let role = Role(
                kind: namespace.isEmpty ? .clusterRole : .role,
                namespace: namespace,
                name: freeName(isClusterWide: namespace.isEmpty),
                rules: rules.map { Role.Rule($0) }
            )
            let binding = binding(to: role, inNamespace: namespace.isEmpty ? nil : namespace)
            remedy.replacement += YAMLText.role(role)
            if !evidence.side.manifests.countsRolesAsBound { remedy.replacement += YAMLText.binding(binding) }
            remedy.markers += rules.map { kubebuilderMarker($0, namespace: namespace) }
            remedy.commands += commands(role, binding)
            remedy.newNames += [role.name, binding.name]
        }
        return remedy
    }

    /// `kubectl create` makes a role of one rule, of resources that the server knows; the YAML makes any.
    private func commands(_ role: Role, _ binding: Binding) -> [String] {
        guard role.rules.count == 1, let rule = role.rules.first?.rule, Kubectl.creates(rule, evidence.known) else {
            return [Kubectl.apply(yaml: YAMLText.role(role) + YAMLText.binding(binding))]
        }
        return [
            Kubectl.create(role.kind, named: role.name, in: role.namespace, rule), Kubectl.create(binding),
        ]
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
        return free(base, evidence.side.manifests.bindings.map(\.identity.name))
    }

    private func freeName(isClusterWide: Bool) -> String {
        let account = ServiceAccountName(userName: evidence.identity.user.name)?.name
        let base = account.map { $0 == "default" ? "operator" : $0 } ?? "operator"
        return free(
            "\(base)-\(isClusterWide ? "cluster-" : "")role",
            evidence.side.manifests.roles.map(\.identity.name)
        )
    }

    private func free(_ name: String, _ inFiles: [String]) -> String {
        let taken = evidence.takenNames.union(inFiles)
        guard taken.contains(name) else { return name }
        var number = 2
        while taken.contains("\(name)-\(number)") { number += 1 }
        return "\(name)-\(number)"
    }
}

extension Remedy {
    /// Bindings that are to be made, as YAML and as commands.
    static func creating(
        _ bindings: [Binding],
        summary: String,
        rules: [PolicyRule],
        markers: [String] = []
    ) -> Remedy {
        var remedy = Remedy(
            summary: summary,
            rules: rules,
            markers: markers,
            commands: bindings.map { Kubectl.create($0) },
            replacement: bindings.flatMap(YAMLText.binding)
        )
        remedy.newNames = bindings.map(\.name)
        return remedy
    }
}
