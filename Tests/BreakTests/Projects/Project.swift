import Manifests
import RBAC

/// An operator's manifests that grant what it calls: where a break starts from.
struct Project: Sendable {
    var name: String
    var account: ServiceAccountName
    var objects: ObjectSet

    /// Roles that the operator has, by a binding anywhere.
    var heldRoles: [Int] {
        objects.roles.indices.filter { index in objects.bindings(of: index).contains { $0.names(account) } }
    }

    /// Bindings that name the operator and find their role.
    var heldBindings: [Int] {
        objects.bindings.indices.filter {
            objects.bindings[$0].names(account) && objects.roleIndex(of: objects.bindings[$0]) != nil
        }
    }
}

extension Project {
    /// Manifests as people write them, made whole: an operator's account where no binding names one, and a binding to it
    /// for each role that has none.
    ///
    /// - Returns: `nil` where the files hold no role for an operator.
    init?(_ name: String, _ manifests: ManifestSet) {
        let namespace = manifests.roles.map(\.identity.namespace).first { !$0.isEmpty } ?? "operators"
        let policy = manifests.declaredPolicy(defaultNamespace: namespace).policy
        var objects = ObjectSet()
        for (index, manifest) in manifests.roles.enumerated() {
            var role = policy.roles[index]
            role.rules = manifest.rules.map { Role.Rule($0.rule) }
            let selectors = manifest.aggregation?.selectors ?? []
            guard selectors.allSatisfy(\.matchExpressions.isEmpty) else { return nil }
            objects.roles.append(
                .init(role: role, labels: manifest.labels, selectors: selectors.map(\.matchLabels))
            )
        }
        objects.roles += policy.roles.dropFirst(manifests.roles.count).map { .init(role: $0, isBuiltIn: true) }
        objects.bindings = policy.bindings
        objects.accounts = manifests.serviceAccounts.map { account in
            let written = account.identity.namespace
            return ServiceAccountName(namespace: written.isEmpty ? namespace : written, name: account.identity.name)
        }
        self.name = name
        account = Self.account(of: objects) ?? ServiceAccountName(namespace: namespace, name: "operator")
        self.objects = objects
        bindTheUnbound()
        if !self.objects.accounts.contains(account) { self.objects.accounts.append(account) }
        guard !heldBindings.isEmpty else { return nil }
    }

    /// Of the accounts that bindings name the one that most rules are given to.
    private static func account(of objects: ObjectSet) -> ServiceAccountName? {
        var rules: [ServiceAccountName: Int] = [:]
        for binding in objects.bindings {
            let count = objects.roleIndex(of: binding).map { objects.storedRules($0).count } ?? 0
            for subject in binding.subjects where subject.kind == "ServiceAccount" {
                let namespace = subject.namespace.isEmpty ? binding.namespace : subject.namespace
                guard !namespace.isEmpty, count > 0 else { continue }
                rules[ServiceAccountName(namespace: namespace, name: subject.name), default: 0] += count
            }
        }
        return rules.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    private mutating func bindTheUnbound() {
        let unbound = objects.roles.indices.filter { index in
            objects.bindings(of: index).isEmpty && !objects.roles[index].isForUsers
                && !objects.roles.contains { objects.roles[index].isCollected(by: $0) }
        }
        for index in unbound { objects.bindings.append(binding(to: index)) }
    }

    /// A binding of a role to the operator, where the role can reach furthest.
    func binding(to index: Int, named suffix: String = "-binding") -> Binding {
        let role = objects.roles[index].role
        return Binding(
            kind: role.kind == .role ? .roleBinding : .clusterRoleBinding,
            namespace: role.kind == .role ? role.namespace : "",
            name: role.name + suffix,
            roleRef: RoleRef(kind: role.kind.rawValue, name: role.name),
            subjects: [Subject(kind: "ServiceAccount", name: account.name, namespace: account.namespace)]
        )
    }
}

extension ObjectSet.RoleObject {
    /// Contract, section 4: a helper role that users are to be given.
    var isForUsers: Bool {
        labels.keys.contains { $0.hasPrefix("rbac.authorization.k8s.io/aggregate-to-") }
            || ["-admin-role", "-editor-role", "-viewer-role"].contains { role.name.hasSuffix($0) }
    }
}
