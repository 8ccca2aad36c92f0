import RBAC

/// The rules of RBAC once more, as plainly as they can be written: loops over everything, bytes compared as arrays, nothing
/// resolved beforehand. What the authorizer is held to.
struct NaiveEvaluator {
    struct Answer: Equatable {
        var grant: Decision.Grant?
        /// Messages of bindings without a role, in the order met; empty where allowed.
        var errors: [String] = []
    }

    var policy: Policy

    func answer(_ request: RequestAttributes, _ user: UserInfo) -> Answer {
        var errors: [String] = []
        for kind in [Binding.Kind.clusterRoleBinding, .roleBinding] {
            for (bindingIndex, binding) in policy.bindings.enumerated() where binding.kind == kind {
                if kind == .roleBinding && (request.namespace.isEmpty || !same(binding.namespace, request.namespace)) {
                    continue
                }
                guard let subjectIndex = firstSubject(of: binding, user) else { continue }
                guard let roleIndex = role(of: binding) else {
                    errors.append(message(binding.roleRef))
                    continue
                }
                for (ruleIndex, rule) in policy.roles[roleIndex].rules.enumerated() where grants(rule.rule, request) {
                    return Answer(
                        grant: .init(binding: bindingIndex, role: roleIndex, rule: ruleIndex, subject: subjectIndex)
                    )
                }
            }
        }
        return Answer(grant: nil, errors: errors)
    }

    func grants(_ rule: PolicyRule, _ request: RequestAttributes) -> Bool {
        guard has(rule.verbs, request.verb) || has(rule.verbs, "*") else { return false }
        if let path = request.nonResourceURL {
            return rule.nonResourceURLs.contains { urlTakesIn($0, path) }
        }
        guard has(rule.apiGroups, request.group) || has(rule.apiGroups, "*") else { return false }
        guard rule.resourceNames.isEmpty || has(rule.resourceNames, request.name) else { return false }
        if has(rule.resources, "*") { return true }
        if request.subresource.isEmpty { return has(rule.resources, request.resource) }
        return has(rule.resources, request.resource + "/" + request.subresource)
            || has(rule.resources, "*/" + request.subresource)
    }

    func urlTakesIn(_ element: String, _ path: String) -> Bool {
        if same(element, path) { return true }
        var prefix = Array(element.utf8)
        guard prefix.last == UInt8(ascii: "*") else { return false }
        while prefix.last == UInt8(ascii: "*") { prefix.removeLast() }
        return Array(path.utf8.prefix(prefix.count)) == prefix
    }

    private func firstSubject(of binding: Binding, _ user: UserInfo) -> Int? {
        for (index, subject) in binding.subjects.enumerated() {
            if subject.kind == "User" && same(subject.name, user.name) { return index }
            if subject.kind == "Group" && has(user.groups, subject.name) { return index }
            if subject.kind == "ServiceAccount" {
                let namespace = subject.namespace.isEmpty ? binding.namespace : subject.namespace
                if !namespace.isEmpty && same("system:serviceaccount:" + namespace + ":" + subject.name, user.name) {
                    return index
                }
            }
        }
        return nil
    }

    private func role(of binding: Binding) -> Int? {
        for (index, role) in policy.roles.enumerated() where same(role.name, binding.roleRef.name) {
            if binding.roleRef.kind == "ClusterRole" && role.kind == .clusterRole { return index }
            if binding.roleRef.kind == "Role" && role.kind == .role && binding.kind == .roleBinding
                && same(role.namespace, binding.namespace)
            {
                return index
            }
        }
        return nil
    }

    private func message(_ reference: RoleRef) -> String {
        switch reference.kind {
        case "Role": "role.rbac.authorization.k8s.io \"\(reference.name)\" not found"
        case "ClusterRole": "clusterrole.rbac.authorization.k8s.io \"\(reference.name)\" not found"
        default: "unsupported role reference kind: \"\(reference.kind)\""
        }
    }

    private func has(_ list: [String], _ wanted: String) -> Bool {
        list.contains { same($0, wanted) }
    }

    private func same(_ lhs: String, _ rhs: String) -> Bool {
        Array(lhs.utf8) == Array(rhs.utf8)
    }
}
