import RBAC

/// What goes wrong between a role and the operator.
extension Breaker {
    private mutating func binding(_ objects: ObjectSet, where isFit: (Binding) -> Bool = { _ in true }) -> Int? {
        project.heldBindings.filter { isFit(objects.bindings[$0]) }.randomElement(using: &random)
    }

    // MARK: - Subjects

    mutating func changeSubject(
        _ objects: inout ObjectSet,
        _ change: (inout Self, Subject) -> Subject?
    ) -> Bool {
        guard let index = binding(objects), let position = subject(objects.bindings[index]),
            let other = change(&self, objects.bindings[index].subjects[position])
        else { return false }
        objects.bindings[index].subjects[position] = other
        return true
    }

    /// The subject that is the operator.
    private func subject(_ binding: Binding) -> Int? {
        binding.subjects.indices.first { position in
            var alone = binding
            alone.subjects = [binding.subjects[position]]
            return alone.names(project.account)
        }
    }

    mutating func otherName(_ subject: Subject) -> Subject? {
        var subject = subject
        subject.name = Bool.random(using: &random) ? "default" : misspelt(subject.name)
        return subject.name == project.account.name ? nil : subject
    }

    mutating func otherNamespace(_ subject: Subject) -> Subject? {
        guard subject.kind == "ServiceAccount" else { return nil }
        var subject = subject
        subject.namespace = Bool.random(using: &random) ? "system" : misspelt(project.account.namespace)
        return subject.namespace == project.account.namespace ? nil : subject
    }

    mutating func otherKind(_ subject: Subject) -> Subject? {
        guard subject.kind == "ServiceAccount" else { return nil }
        return Subject(kind: "User", apiGroup: "rbac.authorization.k8s.io", name: subject.name)
    }

    mutating func foreignGroup(_ subject: Subject) -> Subject? {
        Subject(kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: "system:serviceaccounts:elsewhere")
    }

    // MARK: - Places

    mutating func moveBinding(_ objects: inout ObjectSet) -> Bool {
        guard let index = binding(objects, where: { $0.kind == .roleBinding }) else { return false }
        // A subject without a namespace is in the binding's, and would move with it.
        for position in objects.bindings[index].subjects.indices {
            let subject = objects.bindings[index].subjects[position]
            guard subject.kind == "ServiceAccount", subject.namespace.isEmpty else { continue }
            objects.bindings[index].subjects[position].namespace = objects.bindings[index].namespace
        }
        objects.bindings[index].namespace = "elsewhere"
        return true
    }

    mutating func moveRole(_ objects: inout ObjectSet) -> Bool {
        let roles = project.heldRoles.filter { objects.roles[$0].role.kind == .role && !objects.roles[$0].isBuiltIn }
        guard let index = roles.randomElement(using: &random) else { return false }
        objects.roles[index].role.namespace = "elsewhere"
        return true
    }

    mutating func narrowBinding(_ objects: inout ObjectSet) -> Bool {
        guard let index = binding(objects, where: { $0.kind == .clusterRoleBinding }) else { return false }
        objects.bindings[index].kind = .roleBinding
        objects.bindings[index].namespace = project.account.namespace
        return true
    }

    mutating func dropBinding(_ objects: inout ObjectSet) -> Bool {
        guard let index = binding(objects), objects.bindings.count > 1 else { return false }
        objects.bindings.remove(at: index)
        return true
    }

    // MARK: - References

    mutating func changeReference(_ objects: inout ObjectSet, _ change: (inout Self, String) -> String) -> Bool {
        guard let index = binding(objects) else { return false }
        objects.bindings[index].roleRef.name = change(&self, objects.bindings[index].roleRef.name)
        return objects.roleIndex(of: objects.bindings[index]) == nil
    }

    mutating func changeReferenceKind(_ objects: inout ObjectSet) -> Bool {
        guard let index = binding(objects, where: { $0.kind == .roleBinding }) else { return false }
        let isRole = objects.bindings[index].roleRef.kind == "Role"
        objects.bindings[index].roleRef.kind = isRole ? "ClusterRole" : "Role"
        return objects.roleIndex(of: objects.bindings[index]) == nil
    }

    /// A role of the files, but the wrong one.
    mutating func referToAnother(_ objects: inout ObjectSet) -> Bool {
        guard let index = binding(objects) else { return false }
        let binding = objects.bindings[index]
        let own = objects.roleIndex(of: binding)
        let others = objects.roles.indices.filter { role in
            role != own && objects.roles[role].role.kind.rawValue == binding.roleRef.kind
                && objects.roles[role].role.namespace == own.map { objects.roles[$0].role.namespace }
        }
        guard let other = others.randomElement(using: &random) else { return false }
        objects.bindings[index].roleRef.name = objects.roles[other].role.name
        return true
    }

    // MARK: - Labels

    /// - Parameter change: the label's new key; `nil` drops it.
    mutating func changeLabel(_ objects: inout ObjectSet, _ change: (inout Self, String) -> String?) -> Bool {
        let held = project.heldRoles.filter { objects.roles[$0].isAggregated }
        let parts = objects.roles.indices.filter { index in
            held.contains { objects.roles[index].isCollected(by: objects.roles[$0]) }
        }
        let keys = Set(held.flatMap { objects.roles[$0].selectors.flatMap(\.keys) })
        guard let index = parts.randomElement(using: &random),
            let key = objects.roles[index].labels.keys.sorted().first(where: keys.contains),
            let value = objects.roles[index].labels.removeValue(forKey: key)
        else { return false }
        if let other = change(&self, key) { objects.roles[index].labels[other] = value }
        return true
    }
}
