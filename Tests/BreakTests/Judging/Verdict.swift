import RBAC

/// Whether a set of objects grants a request, and which rules would: RBAC as plainly as it can be written, so that what is
/// expected of a diagnosis does not lean on what it is made of.
struct Verdict {
    let objects: ObjectSet
    let account: ServiceAccountName
    private let stored: [[PolicyRule]]
    /// The role of each binding.
    let roleOfBinding: [Int?]

    init(objects: ObjectSet, account: ServiceAccountName) {
        self.objects = objects
        self.account = account
        stored = objects.roles.indices.map { objects.storedRules($0) }
        roleOfBinding = objects.bindings.map(objects.roleIndex)
    }

    func rules(_ role: Int) -> [PolicyRule] { stored[role] }

    /// Bindings that name the operator.
    var ownBindings: [Int] { objects.bindings.indices.filter { objects.bindings[$0].names(account) } }

    func grants(_ request: RequestAttributes) -> Bool {
        ownBindings.contains { index in
            reaches(objects.bindings[index], request)
                && roleOfBinding[index].map { stored[$0].contains { allows($0, request) } } ?? false
        }
    }

    /// Whether a binding holds where the request goes.
    func reaches(_ binding: Binding, _ request: RequestAttributes) -> Bool {
        binding.kind == .clusterRoleBinding || (!request.namespace.isEmpty && binding.namespace == request.namespace)
    }

    func bindings(of role: Int) -> [Int] { roleOfBinding.indices.filter { roleOfBinding[$0] == role } }

    /// Whether nobody has the role, be it by way of one that collects it.
    func isUnbound(_ role: Int) -> Bool {
        bindings(of: role).isEmpty
            && !objects.roles.indices.contains { other in
                objects.roles[role].isCollected(by: objects.roles[other]) && !bindings(of: other).isEmpty
            }
    }

    func isHeld(_ role: Int) -> Bool { bindings(of: role).contains { objects.bindings[$0].names(account) } }

    /// Roles with a rule for the request, whoever has them.
    func rolesAllowing(_ request: RequestAttributes) -> [Int] {
        stored.indices.filter { stored[$0].contains { allows($0, request) } }
    }
}

func allows(_ rule: PolicyRule, _ request: RequestAttributes) -> Bool {
    let parts = Parts(rule, request)
    return parts.verb && parts.place && parts.name
}

/// The parts of a rule that fit a request.
struct Parts {
    var verb: Bool
    /// Group and resource, or the path.
    var place: Bool
    var group: Bool
    var name: Bool

    init(_ rule: PolicyRule, _ request: RequestAttributes) {
        verb = rule.verbs.contains("*") || rule.verbs.contains(request.verb)
        if let path = request.nonResourceURL {
            place = rule.nonResourceURLs.contains { entry in
                entry == path || (entry.hasSuffix("*") && path.hasPrefix(entry.prefix { $0 != "*" }))
            }
            (group, name) = (true, true)
            return
        }
        group = rule.apiGroups.contains("*") || rule.apiGroups.contains(request.group)
        name = rule.resourceNames.isEmpty || rule.resourceNames.contains(request.name)
        let resource = request.qualifiedResource
        place =
            group
            && rule.resources.contains { entry in
                entry == "*" || entry == resource
                    || (!request.subresource.isEmpty && entry == "*/\(request.subresource)")
            }
    }
}
