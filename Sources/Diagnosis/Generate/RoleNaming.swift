import RBAC

/// What generated objects are called, after whom they are for.
///
/// An operator of kubebuilder's kind gets kubebuilder's names, so that the roles fit into its `config/rbac`: the account
/// `guestbook-controller-manager` has `guestbook-manager-role`, and one without a name of its own `manager-role`. Any other
/// account's or user's objects are called as it is.
struct RoleNaming {
    let names: GeneratedRoles.Names
    let user: UserInfo
    let subject: Subject

    private static let kubebuilderAccount = "controller-manager"

    init(_ identity: OperatorIdentity) {
        let account = ServiceAccountName(userName: identity.user.name)
        let isAssumed = identity.source == .assumed
        let name = isAssumed ? Self.kubebuilderAccount : account?.name ?? Self.objectName(identity.user.name)
        if name == Self.kubebuilderAccount || name.hasSuffix("-" + Self.kubebuilderAccount) {
            let prefix = name.dropLast(Self.kubebuilderAccount.count)
            names = GeneratedRoles.Names(role: "\(prefix)manager-role", binding: "\(prefix)manager-rolebinding")
        } else {
            names = GeneratedRoles.Names(role: name, binding: name)
        }
        if account != nil || isAssumed {
            let own = ServiceAccountName(namespace: account?.namespace ?? identity.namespace, name: name)
            user = own.user
            subject = Subject(kind: "ServiceAccount", name: own.name, namespace: own.namespace)
        } else {
            user = identity.user
            subject = Subject(kind: "User", apiGroup: "rbac.authorization.k8s.io", name: identity.user.name)
        }
    }

    /// `kube-controller-manager` of `system:kube-controller-manager`: names that start with `system:` are Kubernetes' own.
    private static func objectName(_ user: String) -> String {
        let own = user.hasPrefix("system:") ? user.dropFirst("system:".count) : user[...]
        let text = String(own.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
        let trimmed = text.drop { $0 == "-" }.reversed().drop { $0 == "-" }.reversed()
        return trimmed.isEmpty ? "operator" : String(trimmed.prefix(200))
    }
}
