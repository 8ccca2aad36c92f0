import RBAC

extension GrantView {
    func item(_ rule: PolicyRule?, _ group: Group, _ change: DiffReport.Change) -> DiffReport.Item {
        DiffReport.Item(
            content: .rule(
                DiffReport.GrantedRule(
                    role: group.title,
                    namespace: group.namespace,
                    subjects: subjects(of: group.grantee),
                    rule: rule
                )
            ),
            change: change,
            severity: change == .same ? nil : .error,
            locations: rule.map { locations(of: $0, in: group.grants, text: "") } ?? []
        )
    }

    /// A role that is the same on both sides, and of which the other side gives this grantee nothing: told by its name, not
    /// rule by rule. So is a built-in one, whose rules no file holds.
    func item(
        wholeRole group: Group,
        missing: [PolicyRule],
        _ other: GrantView,
        _ change: DiffReport.Change
    ) -> DiffReport.Item? {
        let role = input.policy.roles[group.role]
        guard !missing.isEmpty, group.grants.contains(where: { $0.binding != nil }),
            group.grants.map(\.half).isSameSet(as: missing)
        else { return nil }
        let isBuiltin = !input.isWritten(role)
        guard isBuiltin || other.input.policy.holdsSame(role) else { return nil }
        var item = self.item(nil, group, change)
        item.locations = bindingLocations(group.grants)
        item.note =
            isBuiltin
            ? "everything that the built-in \(group.title) grants"
            : "the role is the same on both sides, and whom it is bound to is not"
        return item
    }

    /// Of a rule that the other side has in fewer namespaces.
    static func scopeNote(_ group: Group, _ parts: [Grant]) -> String? {
        let namespaces = parts.map(\.namespace).uniqued()
        guard group.namespace == nil, !namespaces.contains(nil) else { return nil }
        return "on the other side in \(namespaces.count == 1 ? "namespace" : "namespaces") "
            + "\(quotedList(namespaces.compactMap { $0 }.sorted())) only"
    }

    func item(_ unknown: UnknownGrant, _ binding: Int, _ change: DiffReport.Change) -> DiffReport.Item {
        DiffReport.Item(
            content: .rule(
                DiffReport.GrantedRule(
                    role: unknown.role,
                    binding: input.policy.bindings[binding].title,
                    namespace: unknown.namespace,
                    subjects: subjects(of: unknown.grantee),
                    rule: nil
                )
            ),
            change: change,
            severity: .error,
            locations: bindingLocation(binding).map { [$0] } ?? [],
            note: "no file holds the role"
        )
    }

    private func subjects(of grantee: Grant.Grantee) -> [String] {
        switch grantee {
        case .subject(let title): [title]
        case .theOperator: [input.user?.subjectTitle].compactMap { $0 }
        case .nobody: []
        }
    }

    /// Joins what differs only in who is given it, and sorts.
    static func merged(_ items: [DiffReport.Item]) -> [DiffReport.Item] {
        struct Key: Hashable {
            var granted: DiffReport.GrantedRule
            var change: DiffReport.Change
        }
        var order: [Key] = []
        var byKey: [Key: DiffReport.Item] = [:]
        var subjects: [Key: [String]] = [:]
        for item in items {
            guard case .rule(var granted) = item.content else { continue }
            let who = granted.subjects
            granted.subjects = []
            let key = Key(granted: granted, change: item.change)
            if byKey[key] == nil {
                order.append(key)
                byKey[key] = item
            }
            subjects[key, default: []] += who
        }
        return order.compactMap { key in
            guard var item = byKey[key] else { return nil }
            var granted = key.granted
            granted.subjects = (subjects[key] ?? []).uniqued().sorted()
            item.content = .rule(granted)
            return item
        }.sorted(by: reportOrder)
    }
}

extension Policy {
    /// Whether it has that role, with rules that grant the same.
    fileprivate func holdsSame(_ role: Role) -> Bool {
        roles.contains { other in
            other.title == role.title
                && other.rules.flatMap(\.rule.halves).isSameSet(as: role.rules.flatMap(\.rule.halves))
        }
    }
}
