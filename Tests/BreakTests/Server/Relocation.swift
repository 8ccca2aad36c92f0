import RBAC

/// A project among others in one cluster: what it names is its own.
struct Relocation {
    let prefix: String

    func candidate(_ candidate: BreakGenerator.Candidate) -> BreakGenerator.Candidate {
        var result = candidate
        result.project.account = account(candidate.project.account)
        result.project.objects = objects(candidate.project.objects)
        result.allowed = candidate.allowed.map(call)
        return result
    }

    private func objects(_ objects: ObjectSet) -> ObjectSet {
        var result = objects
        let builtIn = Set(objects.roles.filter(\.isBuiltIn).map(\.role.name))
        for index in objects.roles.indices where !objects.roles[index].isBuiltIn {
            result.roles[index].role.name = named(objects.roles[index].role.name)
            result.roles[index].role.namespace = named(objects.roles[index].role.namespace)
            result.roles[index].labels = labels(objects.roles[index].labels)
            result.roles[index].selectors = objects.roles[index].selectors.map(labels)
        }
        for index in objects.bindings.indices {
            let binding = objects.bindings[index]
            result.bindings[index].name = named(binding.name)
            result.bindings[index].namespace = named(binding.namespace)
            if !builtIn.contains(binding.roleRef.name) {
                result.bindings[index].roleRef.name = named(binding.roleRef.name)
            }
            result.bindings[index].subjects = binding.subjects.map(subject)
        }
        result.accounts = objects.accounts.map(account)
        return result
    }

    private func named(_ name: String) -> String { name.isEmpty ? "" : "\(prefix)-\(name)" }

    /// Aggregation to Kubernetes' own roles is left as it is.
    private func labels(_ labels: [String: String]) -> [String: String] {
        var result: [String: String] = [:]
        for (key, value) in labels {
            let isOwn = key.hasPrefix("rbac.authorization.k8s.io/") || !key.contains("/")
            result[isOwn ? key : "\(prefix).\(key)"] = value
        }
        return result
    }

    private func account(_ account: ServiceAccountName) -> ServiceAccountName {
        // Its name too: roles that a remedy proposes are called after it.
        ServiceAccountName(namespace: named(account.namespace), name: named(account.name))
    }

    private func subject(_ subject: Subject) -> Subject {
        var result = subject
        result.namespace = named(subject.namespace)
        if subject.kind == "ServiceAccount" { result.name = named(subject.name) }
        if let account = ServiceAccountName(userName: subject.name) { result.name = self.account(account).userName }
        let group = "system:serviceaccounts:"
        if subject.name.hasPrefix(group) { result.name = group + named(String(subject.name.dropFirst(group.count))) }
        return result
    }

    private func call(_ call: RequestAttributes) -> RequestAttributes {
        var result = call
        result.namespace = named(call.namespace)
        return result
    }
}
