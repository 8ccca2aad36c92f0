import RBAC
import Traces

/// What grants requests to a user, where no manifest is there to be edited: rules, markers, and commands that make roles and
/// their bindings.
enum GrantRemedy {
    /// A role of one rule, with its binding.
    private struct Grant {
        var rule: PolicyRule
        var role: Role
        var binding: Binding
    }

    /// - Parameters:
    ///   - lacksScope: whether the text does not say where the requests go, so that no command can be given.
    ///   - withNames: whether the rules are limited to the objects that the requests name.
    static func remedy(
        user: String,
        _ requests: [RequestAttributes],
        lacksScope: Bool,
        _ known: KnownResources,
        withNames: Bool = false
    ) -> Remedy {
        let homes = requests.map { home($0, known) }
        let grants = homes.uniqued().flatMap { namespace in
            rules(granting: zip(requests, homes).filter { $0.1 == namespace }.map(\.0), withNames: withNames)
                .map { grant($0, namespace, user) }
        }
        var remedy = Remedy(
            summary: summary(homes.uniqued()),
            rules: grants.map(\.rule),
            markers: grants.map { kubebuilderMarker($0.rule, namespace: $0.role.namespace) }
        )
        if !user.isEmpty, !lacksScope { addCommands(grants, to: &remedy) }
        return remedy
    }

    private static func summary(_ homes: [String]) -> String {
        switch homes.first {
        case _ where homes.count > 1: "grant it by these roles, each bound where it stands"
        case nil, "": "grant it by a ClusterRole, bound by a ClusterRoleBinding"
        case let namespace?: "grant it by a Role in namespace `\(namespace)`, bound by a RoleBinding"
        }
    }

    /// The namespace of the role; empty for cluster scope. The API server names a namespace with requests for itself too.
    private static func home(_ request: RequestAttributes, _ known: KnownResources) -> String {
        let isNamespaced = known.resource(request.resource, group: request.group)?.isNamespaced ?? true
        return isNamespaced ? request.namespace : ""
    }

    /// The role is named by whom it is for and what it grants, so that those of several refusals can be made one after another.
    private static func grant(_ rule: PolicyRule, _ namespace: String, _ user: String) -> Grant {
        let account = ServiceAccountName(userName: user)
        let base = account.map { $0.name == "default" ? "operator" : $0.name } ?? user
        let targets = rule.apiGroups.flatMap { group in rule.resources.map { qualified($0, group) } }
        let words = [base] + rule.verbs + targets + rule.nonResourceURLs + rule.resourceNames
        let role = Role(
            kind: namespace.isEmpty ? .clusterRole : .role,
            namespace: namespace,
            name: objectName(words.joined(separator: "-")),
            rules: [Role.Rule(rule)]
        )
        let binding = Binding(
            kind: namespace.isEmpty ? .clusterRoleBinding : .roleBinding,
            namespace: namespace,
            name: role.name,
            roleRef: RoleRef(kind: role.kind.rawValue, name: role.name),
            subjects: [subject(user, account)]
        )
        return Grant(rule: rule, role: role, binding: binding)
    }

    /// `deployments.apps/status`
    private static func qualified(_ entry: String, _ group: String) -> String {
        let resource = entry.prefix { $0 != "/" }
        return "\(resource)\(group.isEmpty ? "" : ".\(group)")\(entry.dropFirst(resource.count))"
    }

    /// Lower case, digits, dots and single hyphens, as most names of objects are.
    private static func objectName(_ text: String) -> String {
        let plain = text.lowercased().map { character in
            character.isASCII && (character.isLetter || character.isNumber || character == ".") ? character : "-"
        }
        return String(plain).split(separator: "-").joined(separator: "-")
    }

    private static func subject(_ user: String, _ account: ServiceAccountName?) -> Subject {
        if let account { return Subject(kind: "ServiceAccount", name: account.name, namespace: account.namespace) }
        return Subject(kind: "User", apiGroup: "rbac.authorization.k8s.io", name: user)
    }

    /// `kubectl create` where it takes the rules, else the objects themselves.
    private static func addCommands(_ grants: [Grant], to remedy: inout Remedy) {
        guard grants.allSatisfy({ Kubectl.mayCreate($0.rule) }) else {
            remedy.replacement = grants.flatMap { YAMLText.role($0.role) + YAMLText.binding($0.binding) }
            remedy.commands = [Kubectl.apply(yaml: remedy.replacement)]
            return
        }
        remedy.commands = grants.flatMap { grant in
            [
                Kubectl.create(grant.role.kind, named: grant.role.name, in: grant.role.namespace, grant.rule),
                Kubectl.create(grant.binding),
            ]
        }
    }
}
