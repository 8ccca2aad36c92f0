import Manifests
import RBAC

extension PolicySide {
    /// What the roles and bindings in the cluster give to the operator.
    ///
    /// Only roles that the manifests name, or that the operator has, are held against a call: every cluster is full of
    /// others that would grant it to somebody.
    static func live(_ objects: LiveObjects, user: UserInfo, manifests: ManifestSet, declared: PolicySide?)
        -> PolicySide
    {
        // Built-in roles that the manifests bind are named by them too, and stand in no file.
        var named: [ObjectKey: Int?] = [:]
        var bindingNames: [ObjectKey: Int] = [:]
        if let declared {
            for index in declared.ownRoles {
                named[ObjectKey(declared.policy.roles[index])] = declared.roles[index].manifest
            }
            for index in declared.ownBindings {
                bindingNames[ObjectKey(declared.policy.bindings[index])] = declared.bindings[index].manifest
            }
        }
        var policy = objects.policy
        // Bindings of others to a role that everybody may use say nothing about the operator.
        policy.bindings.removeAll { binding in
            bindingNames[ObjectKey(binding)] == nil && !binding.subjects.contains { $0.names(user, in: binding) }
        }
        var held: Set<ObjectKey> = []
        for binding in policy.bindings where binding.subjects.contains(where: { $0.names(user, in: binding) }) {
            held.insert(ObjectKey(referredBy: binding))
        }
        let roles = policy.roles.map { role in
            let key = ObjectKey(role)
            return RoleFacts(
                manifest: named[key] ?? nil,
                isEvidence: named[key] != nil || held.contains(key),
                isBuiltIn: role.kind == .clusterRole && BootstrapPolicy.isBuiltin(clusterRole: role.name)
            )
        }
        let bindings = policy.bindings.map { BindingFacts(manifest: bindingNames[ObjectKey($0)]) }
        return PolicySide(
            .cluster,
            policy: policy,
            user: user,
            manifests: manifests,
            declared: nil,
            facts: (roles, bindings)
        )
    }
}

/// What makes two objects of two sides the same.
struct ObjectKey: Hashable {
    var kind: String
    var namespace: String
    var name: String

    init(kind: String, namespace: String, name: String) {
        (self.kind, self.namespace, self.name) = (kind, namespace, name)
    }

    init(_ role: Role) {
        self.init(kind: role.kind.rawValue, namespace: role.kind == .role ? role.namespace : "", name: role.name)
    }

    init(_ binding: Binding) {
        let namespace = binding.kind == .roleBinding ? binding.namespace : ""
        self.init(kind: binding.kind.rawValue, namespace: namespace, name: binding.name)
    }

    /// The role that a binding refers to.
    init(referredBy binding: Binding) {
        let namespace = binding.roleRef.kind == "Role" ? binding.namespace : ""
        self.init(kind: binding.roleRef.kind, namespace: namespace, name: binding.roleRef.name)
    }
}
