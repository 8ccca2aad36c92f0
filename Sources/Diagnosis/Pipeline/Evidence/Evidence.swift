import Manifests
import RBAC
import Syntax
import Traces

/// Everything that a cause is proved from.
struct Evidence: Sendable {
    /// The roles and bindings that the calls are held against.
    let side: PolicySide
    /// All calls, met or not.
    let calls: [Call]
    let identity: OperatorIdentity
    let defaultNamespace: String
    let known: KnownResources
    let required: RequiredPermissions
    /// Names of roles and bindings that a remedy may not give: they are in the cluster, or another remedy's.
    var takenNames: Set<String> = []
    /// Roles that are in the cluster: what refers to one of them refers to something, whether the manifests hold it or not.
    var rolesInCluster: Set<ObjectKey> = []
    /// Whether these are all.
    var knowsRolesInCluster = false
    /// User names of the service accounts that the manifests give to somebody other than the operator.
    private let otherAccounts: Set<String>
    /// Whether a role that is written here reaches the operator, wherever.
    let operatorHoldsSomething: Bool

    init(
        side: PolicySide,
        calls: [Call],
        identity: OperatorIdentity,
        defaultNamespace: String,
        known: KnownResources
    ) {
        self.side = side
        self.calls = calls
        self.identity = identity
        self.defaultNamespace = defaultNamespace
        self.known = known
        required = RequiredPermissions(calls)
        operatorHoldsSomething = side.roles.contains { $0.isEvidence && $0.reach != .nowhere }
        func account(_ namespace: String, _ name: String) -> String {
            ServiceAccountName(namespace: namespace.isEmpty ? defaultNamespace : namespace, name: name).userName
        }
        let defined = side.manifests.serviceAccounts.map { account($0.identity.namespace, $0.identity.name) }
        let running = side.manifests.workloads.map { account($0.identity.namespace, $0.serviceAccountName) }
        otherAccounts = Set(defined + running).subtracting([identity.user.name])
    }

    /// How close a role is to the operator: near misses are looked for among its own first.
    enum Tier: CaseIterable, Hashable, Sendable {
        /// A binding gives it to the operator, somewhere.
        case own
        /// It might have been meant for the operator.
        case other
    }

    /// `nil` for a role of another component: no near miss of the operator's.
    func tier(ofRole role: Int) -> Tier? {
        if side.roles[role].reach != .nowhere { return .own }
        return operatorHoldsSomething && belongsToOthers(role) ? nil : .other
    }

    /// Whether a role is bound, and only to other service accounts of the manifests.
    func belongsToOthers(_ role: Int) -> Bool {
        let bindings = side.roles[role].bindings
        guard !bindings.isEmpty else { return false }
        return bindings.allSatisfy { index in
            let binding = side.policy.bindings[index]
            return !binding.subjects.isEmpty
                && binding.subjects.allSatisfy { subject in
                    guard subject.kind == "ServiceAccount", let name = subject.accountName(in: binding) else {
                        return false
                    }
                    return otherAccounts.contains(name.userName)
                }
        }
    }

    /// Whether an API group is known, or called: then it is no slip for another.
    func isGroup(_ name: String) -> Bool { known.groups.contains(name) || required.isGroupCalled(name) }

    /// Whether what a rule names is a resource that exists, or that the operator calls: then it is no slip for another.
    func isResource(_ name: String, inGroupsOf rule: PolicyRule) -> Bool {
        rule.apiGroups.contains { group in
            if group.isStar { return !known.groups(withResource: name).isEmpty || required.isCalled(name) }
            return known.resource(name, group: group) != nil || required.isCalled(name, group: group)
        }
    }
}

/// Every (group, resource, verb) that the calls need, met or not.
struct RequiredPermissions: Sendable {
    private struct Permission: Hashable {
        var group: String
        var resource: String
        var verb: String
    }

    /// With the names that it is needed for; empty text stands for any.
    private var permissions: [Permission: Set<String>] = [:]
    private var paths: [String: Set<String>] = [:]
    private var resources: [String: Set<String>] = [:]
    private var groups: Set<String> = []

    init(_ calls: [Call]) {
        for call in calls {
            let request = call.request
            if let path = request.nonResourceURL {
                paths[path, default: []].insert(request.verb)
                continue
            }
            let permission = Permission(group: request.group, resource: request.qualifiedResource, verb: request.verb)
            permissions[permission, default: []].insert(request.name)
            resources[request.resource, default: []].insert(request.group)
            groups.insert(request.group)
        }
    }

    func isGroupCalled(_ group: String) -> Bool { groups.contains(group) }

    func isCalled(_ resource: String, group: String? = nil) -> Bool {
        guard let groups = resources[resource] else { return false }
        return group.map(groups.contains) ?? true
    }

    /// Whether all that a rule grants is required. A wildcard stands for more than any list of calls, and a product of more
    /// than 4,096 permissions is taken for more than is required.
    func include(_ rule: PolicyRule) -> Bool {
        rule.halves.allSatisfy { half in
            guard half.permissionCount <= 4096 else { return false }
            if half.isPathHalf {
                return half.nonResourceURLs.allSatisfy { path in
                    half.verbs.allSatisfy { paths[path]?.contains($0) ?? false }
                }
            }
            return half.apiGroups.allSatisfy { group in
                half.resources.allSatisfy { resource in
                    half.verbs.allSatisfy { verb in
                        includes(Permission(group: group, resource: resource, verb: verb), names: half.resourceNames)
                    }
                }
            }
        }
    }

    private func includes(_ permission: Permission, names: [String]) -> Bool {
        guard let required = permissions[permission] else { return false }
        return names.allSatisfy { required.contains($0) || required.contains("") }
    }
}
