import Diagnosis
import RBAC

/// What goes wrong in the rules of a role.
extension Breaker {
    /// Where a rule stands.
    private struct Place {
        var role: Int
        var rule: Int
    }

    /// A rule that gives the operator something: of a role that it has, or of one that such a role collects.
    private mutating func place(where isFit: (PolicyRule) -> Bool) -> Place? {
        let objects = project.objects
        let held = project.heldRoles
        let roles = objects.roles.indices.filter { index in
            held.contains(index) && !objects.roles[index].isAggregated && !objects.roles[index].isBuiltIn
                || held.contains { objects.roles[index].isCollected(by: objects.roles[$0]) }
        }
        let places = roles.flatMap { role in
            objects.roles[role].role.rules.indices.map { Place(role: role, rule: $0) }
        }
        return places.filter { isFit(objects.roles[$0.role].role.rules[$0.rule].rule) }.randomElement(using: &random)
    }

    private mutating func change(
        _ objects: inout ObjectSet,
        where isFit: (PolicyRule) -> Bool,
        _ change: (inout PolicyRule, inout Self) -> Bool
    ) -> Bool {
        guard let place = place(where: isFit) else { return false }
        return change(&objects.roles[place.role].role.rules[place.rule].rule, &self)
    }

    mutating func dropRule(_ objects: inout ObjectSet) -> Bool {
        guard let place = place(where: { _ in true }) else { return false }
        objects.roles[place.role].role.rules.remove(at: place.rule)
        return true
    }

    mutating func dropVerb(_ objects: inout ObjectSet) -> Bool {
        change(&objects) {
            $0.verbs.count > 1
        } _: { rule, breaker in
            rule.verbs.remove(at: Int.random(in: 0..<rule.verbs.count, using: &breaker.random))
            return true
        }
    }

    mutating func dropSubresource(_ objects: inout ObjectSet) -> Bool {
        change(&objects) {
            $0.resources.count > 1 && $0.resources.contains { $0.contains("/") }
        } _: { rule, breaker in
            let entries = rule.resources.indices.filter { rule.resources[$0].contains("/") }
            guard let entry = entries.randomElement(using: &breaker.random) else { return false }
            rule.resources.remove(at: entry)
            return true
        }
    }

    mutating func addName(_ objects: inout ObjectSet) -> Bool {
        change(&objects) {
            $0.resourceNames.isEmpty && $0.nonResourceURLs.isEmpty
        } _: { rule, _ in
            rule.resourceNames = ["another"]
            return true
        }
    }

    mutating func changeName(_ objects: inout ObjectSet) -> Bool {
        change(&objects) {
            !$0.resourceNames.isEmpty
        } _: { rule, breaker in
            let index = Int.random(in: 0..<rule.resourceNames.count, using: &breaker.random)
            rule.resourceNames[index] = breaker.misspelt(rule.resourceNames[index])
            return true
        }
    }

    // MARK: - Groups

    mutating func changeGroup(_ objects: inout ObjectSet, _ other: (inout Self, String) -> String) -> Bool {
        change(&objects) {
            !$0.apiGroups.isEmpty && $0.apiGroups != ["*"]
        } _: { rule, breaker in
            let entries = rule.apiGroups.indices.filter { rule.apiGroups[$0] != "*" }
            guard let index = entries.randomElement(using: &breaker.random) else { return false }
            rule.apiGroups[index] = other(&breaker, rule.apiGroups[index])
            return Set(rule.apiGroups).count == rule.apiGroups.count
        }
    }

    mutating func otherGroup(_ group: String) -> String {
        let neighbours = ["apps": "extensions", "": "apps", "networking.k8s.io": "extensions", "batch": ""]
        let isPlain = Bool.random(using: &random)
        return isPlain ? neighbours[group] ?? "example.org" : group.isEmpty ? "extensions" : misspelt(group)
    }

    mutating func versioned(_ group: String) -> String {
        let core = ["core", "v1"].randomElement(using: &random) ?? "core"
        return group.isEmpty ? core : group + "/v1"
    }

    // MARK: - Names of resources

    /// What a resource goes by.
    struct Names {
        var plural: String
        var kind: String
        var singular: String
        var shortName: String
    }

    mutating func rename(_ objects: inout ObjectSet, _ name: (inout Self, Names) -> String) -> Bool {
        change(&objects) {
            $0.resources.contains { $0.first != "*" }
        } _: { rule, breaker in
            let entries = rule.resources.indices.filter { rule.resources[$0].first != "*" }
            guard let index = entries.randomElement(using: &breaker.random) else { return false }
            let parts = rule.resources[index].split(separator: "/", maxSplits: 1)
            let wrong = name(&breaker, breaker.names(of: String(parts[0]), rule.apiGroups))
            guard !wrong.isEmpty, wrong != parts[0] else { return false }
            rule.resources[index] = ([Substring(wrong)] + parts.dropFirst()).joined(separator: "/")
            return true
        }
    }

    private func names(of plural: String, _ groups: [String]) -> Names {
        let known = groups.lazy.compactMap { KnownResources.builtin.resource(plural, group: $0) }.first
        if let known {
            let short = known.shortNames.first ?? ""
            return Names(plural: plural, kind: known.kind, singular: known.singular, shortName: short)
        }
        let singular =
            plural.hasSuffix("ies")
            ? plural.dropLast(3) + "y"
            : plural.hasSuffix("sses") ? String(plural.dropLast(2)) : String(plural.dropLast())
        guard plural.hasSuffix("s") else { return Names(plural: plural, kind: "", singular: "", shortName: "") }
        return Names(plural: plural, kind: singular.capitalized, singular: singular, shortName: "")
    }
}

extension String {
    /// With its first letter in upper case.
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
