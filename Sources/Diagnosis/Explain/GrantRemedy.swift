import RBAC
import Traces

/// What grants requests to a user, where no manifest is there to be edited: rules, markers, and commands that make a role and
/// its binding.
enum GrantRemedy {
    static func remedy(
        user: String,
        _ requests: [RequestAttributes],
        lacksScope: Bool,
        _ known: KnownResources
    ) -> Remedy {
        let rules = rules(granting: requests)
        let namespace = requests.first.map { home($0, known) } ?? ""
        let kind = namespace.isEmpty ? "ClusterRole" : "Role"
        let place = namespace.isEmpty ? "" : " in namespace `\(namespace)`"
        let binding = namespace.isEmpty ? "ClusterRoleBinding" : "RoleBinding"
        return Remedy(
            summary: "grant it by a \(kind)\(place), bound by a \(binding)",
            rules: rules,
            markers: rules.map { kubebuilderMarker($0, namespace: namespace) },
            commands: user.isEmpty || lacksScope ? [] : commands(user, rules, namespace)
        )
    }

    /// The namespace of the role; empty for cluster scope. The API server names a namespace with requests for itself too.
    private static func home(_ request: RequestAttributes, _ known: KnownResources) -> String {
        let isNamespaced = known.resource(request.resource, group: request.group)?.isNamespaced ?? true
        return isNamespaced ? request.namespace : ""
    }

    private static func commands(_ user: String, _ rules: [PolicyRule], _ namespace: String) -> [String] {
        let account = ServiceAccountName(userName: user)
        let base = account.map { $0.name == "default" ? "operator" : $0.name } ?? "operator"
        return rules.enumerated().flatMap { index, rule -> [String] in
            let name = "\(base)-\(namespace.isEmpty ? "cluster-" : "")role" + (index == 0 ? "" : "-\(index + 1)")
            let kind: Role.Kind = namespace.isEmpty ? .clusterRole : .role
            let binding = Binding(
                kind: namespace.isEmpty ? .clusterRoleBinding : .roleBinding,
                namespace: namespace,
                name: "\(name)binding",
                roleRef: RoleRef(kind: kind.rawValue, name: name),
                subjects: [subject(user, account)]
            )
            return [Kubectl.create(kind, named: name, in: namespace, rule), Kubectl.create(binding)]
        }
    }

    private static func subject(_ user: String, _ account: ServiceAccountName?) -> Subject {
        if let account { return Subject(kind: "ServiceAccount", name: account.name, namespace: account.namespace) }
        return Subject(kind: "User", apiGroup: "rbac.authorization.k8s.io", name: user)
    }
}
