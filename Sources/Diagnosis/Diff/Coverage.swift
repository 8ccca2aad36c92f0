import RBAC

/// Rules as sets of permissions.
///
/// A rule is a product: verbs × groups × resources × names, or verbs × paths. Here it is one or the other (`halves`), so
/// that sets can be intersected and subtracted list by list. Wildcards stand for more than any list holds; therefore a
/// permission with a wildcard is covered only by one that has as wide a wildcard itself. That is how Kubernetes' own
/// escalation check compares rules (`component-helpers/auth/rbac/validation/policy_comparator.go`).
extension PolicyRule {
    /// The rule as its resource half and its path half, whichever can match anything.
    var halves: [PolicyRule] {
        var halves: [PolicyRule] = []
        if !verbs.isEmpty, !apiGroups.isEmpty, !resources.isEmpty {
            halves.append(
                PolicyRule(verbs: verbs, apiGroups: apiGroups, resources: resources, resourceNames: resourceNames)
            )
        }
        if !verbs.isEmpty, !nonResourceURLs.isEmpty {
            halves.append(PolicyRule(verbs: verbs, nonResourceURLs: nonResourceURLs))
        }
        return halves
    }

    /// Whether this half of a rule is about paths.
    var isPathHalf: Bool { !nonResourceURLs.isEmpty }

    /// How many single permissions the lists multiply to; saturates instead of overflowing.
    var permissionCount: Int {
        let factors =
            isPathHalf
            ? [verbs.count, nonResourceURLs.count]
            : [verbs.count, apiGroups.count, resources.count, max(resourceNames.count, 1)]
        return factors.reduce(1) { product, factor in
            let (result, overflow) = product.multipliedReportingOverflow(by: factor)
            return overflow ? Int.max : result
        }
    }

    /// What of this half no permission of `other` covers, as disjoint halves; at most four for one subtraction.
    func subtracting(_ other: PolicyRule) -> [PolicyRule] {
        guard isPathHalf == other.isPathHalf else { return [self] }
        return removing(
            verbs: { verb in other.allowsVerb(verb) },
            groups: { group in other.allowsGroup(group) },
            resources: { resource in other.coversResource(resource) },
            names: { name in other.resourceNames.isEmpty || (name.map(other.allowsName) ?? false) },
            paths: { path in other.allowsPath(path) }
        )
    }

    /// What of this half is left when the permissions are taken out whose every part passes its test. A half without
    /// `resourceNames` asks for the name `nil`: any.
    func removing(
        verbs isVerb: (String) -> Bool,
        groups isGroup: (String) -> Bool,
        resources isResource: (String) -> Bool,
        names isName: (String?) -> Bool,
        paths isPath: (String) -> Bool
    ) -> [PolicyRule] {
        split(verbs: isVerb, groups: isGroup, resources: isResource, names: isName, paths: isPath).outside
    }

    /// The permissions of this half whose every part passes its test, and the others as disjoint halves.
    func split(
        verbs isVerb: (String) -> Bool,
        groups isGroup: (String) -> Bool,
        resources isResource: (String) -> Bool,
        names isName: (String?) -> Bool,
        paths isPath: (String) -> Bool
    ) -> (inside: PolicyRule?, outside: [PolicyRule]) {
        // Most halves have nothing inside, and need no lists to say so.
        guard self.verbs.contains(where: isVerb),
            isPathHalf
                ? nonResourceURLs.contains(where: isPath)
                : self.resources.contains(where: isResource) && apiGroups.contains(where: isGroup)
        else { return (nil, [self]) }
        let verbs = Split(self.verbs, isVerb)
        if isPathHalf {
            let paths = Split(nonResourceURLs, isPath)
            guard !verbs.inside.isEmpty, !paths.inside.isEmpty else { return (nil, [self]) }
            let outside = [
                PolicyRule(verbs: self.verbs, nonResourceURLs: paths.outside),
                PolicyRule(verbs: verbs.outside, nonResourceURLs: paths.inside),
            ]
            return (
                PolicyRule(verbs: verbs.inside, nonResourceURLs: paths.inside),
                outside.filter { !$0.verbs.isEmpty && !$0.nonResourceURLs.isEmpty }
            )
        }
        let groups = Split(apiGroups, isGroup)
        let resources = Split(self.resources, isResource)
        let names = Split(resourceNames, isName)
        let hasNames = resourceNames.isEmpty ? isName(nil) : !names.inside.isEmpty
        guard !verbs.inside.isEmpty, !groups.inside.isEmpty, !resources.inside.isEmpty, hasNames else {
            return (nil, [self])
        }
        var outside: [PolicyRule] = []
        func add(_ verbs: [String], _ groups: [String], _ resources: [String], _ names: [String]) {
            guard !verbs.isEmpty, !groups.isEmpty, !resources.isEmpty else { return }
            outside.append(PolicyRule(verbs: verbs, apiGroups: groups, resources: resources, resourceNames: names))
        }
        add(self.verbs, groups.outside, self.resources, resourceNames)
        add(self.verbs, groups.inside, resources.outside, resourceNames)
        if !names.outside.isEmpty { add(self.verbs, groups.inside, resources.inside, names.outside) }
        add(verbs.outside, groups.inside, resources.inside, names.inside)
        let inside = PolicyRule(
            verbs: verbs.inside,
            apiGroups: groups.inside,
            resources: resources.inside,
            resourceNames: names.inside
        )
        return (inside, outside)
    }

    /// The permissions of this half that `wide` covers.
    func part(coveredBy wide: PolicyRule) -> PolicyRule? {
        guard isPathHalf == wide.isPathHalf else { return nil }
        return split(
            verbs: { wide.allowsVerb($0) },
            groups: { wide.allowsGroup($0) },
            resources: { wide.coversResource($0) },
            names: { name in wide.resourceNames.isEmpty || (name.map(wide.allowsName) ?? false) },
            paths: { wide.allowsPath($0) }
        ).inside
    }

    /// The permissions of this half that cover one of `narrow` at least, and the others.
    func split(covering narrow: PolicyRule) -> (inside: PolicyRule?, outside: [PolicyRule]) {
        guard isPathHalf == narrow.isPathHalf else { return (nil, [self]) }
        return split(
            verbs: { verb in narrow.verbs.contains { verb.isStar || verb.hasSameBytes(as: $0) } },
            groups: { group in narrow.apiGroups.contains { group.isStar || group.hasSameBytes(as: $0) } },
            resources: { resource in narrow.resources.contains { Self.resourceEntry(resource, covers: $0) } },
            names: { name in name.map(narrow.resourceNames.contains) ?? true },
            paths: { path in narrow.nonResourceURLs.contains { Self.pathPattern(path, covers: $0) } }
        )
    }

    /// What both halves grant; `nil` where they share nothing.
    func intersection(_ other: PolicyRule) -> PolicyRule? {
        guard isPathHalf == other.isPathHalf else { return nil }
        let verbs = meet(self.verbs, other.verbs, covers: { $0.isStar || $0.hasSameBytes(as: $1) })
        if isPathHalf {
            let paths = meet(nonResourceURLs, other.nonResourceURLs, covers: PolicyRule.pathPattern(_:covers:))
            return verbs.isEmpty || paths.isEmpty ? nil : PolicyRule(verbs: verbs, nonResourceURLs: paths)
        }
        let groups = meet(apiGroups, other.apiGroups, covers: { $0.isStar || $0.hasSameBytes(as: $1) })
        let resources = meet(self.resources, other.resources, covers: PolicyRule.resourceEntry(_:covers:))
        var names = resourceNames.isEmpty ? other.resourceNames : resourceNames
        if !resourceNames.isEmpty, !other.resourceNames.isEmpty {
            names = names.filter(other.allowsName)
            if names.isEmpty { return nil }
        }
        guard !verbs.isEmpty, !groups.isEmpty, !resources.isEmpty else { return nil }
        return PolicyRule(verbs: verbs, apiGroups: groups, resources: resources, resourceNames: names)
    }

    /// Whether an entry of this rule's `resources` covers every request that the given entry does.
    func coversResource(_ entry: String) -> Bool {
        resources.contains { Self.resourceEntry($0, covers: entry) }
    }

    /// `*` covers all, `*/S` covers `R/S`, and everything covers itself.
    static func resourceEntry(_ wide: String, covers narrow: String) -> Bool {
        if wide.isStar || wide.hasSameBytes(as: narrow) { return true }
        guard wide.utf8.starts(with: "*/".utf8), let slash = narrow.utf8.firstIndex(of: UInt8(ascii: "/")) else {
            return false
        }
        let subresource = narrow.utf8[narrow.utf8.index(after: slash)...]
        return !subresource.isEmpty && wide.utf8.dropFirst(2).elementsEqual(subresource)
    }
}

/// The entries of a list that pass a test, and the others, each in their order.
private struct Split {
    var inside: [String] = []
    var outside: [String] = []

    init(_ entries: [String], _ test: (String) -> Bool) {
        for entry in entries {
            if test(entry) { inside.append(entry) } else { outside.append(entry) }
        }
    }
}

/// The narrower of each two entries of which one covers the other; each once.
private func meet(_ first: [String], _ second: [String], covers: (String, String) -> Bool) -> [String] {
    var seen: Set<String> = []
    var result: [String] = []
    for a in first where second.contains(where: { covers($0, a) }) && seen.insert(a).inserted { result.append(a) }
    for b in second where first.contains(where: { covers($0, b) }) && seen.insert(b).inserted { result.append(b) }
    return result
}

/// What of some halves no half of `others` covers.
func subtract(_ others: some Sequence<PolicyRule>, from halves: [PolicyRule]) -> [PolicyRule] {
    var rest = halves
    for other in others {
        if rest.isEmpty { break }
        rest = rest.flatMap { $0.subtracting(other) }
    }
    return rest
}

/// The same permissions, none of them covered by another one.
func withoutRedundancy(_ halves: [PolicyRule]) -> [PolicyRule] {
    var kept: [PolicyRule] = []
    for half in halves { kept += subtract(kept, from: [half]) }
    // No permission stands twice now; what is left to remove is narrower than one that came later.
    return kept.indices.flatMap { index in
        subtract(kept[(index + 1)...], from: [kept[index]])
    }
}

extension [PolicyRule] {
    /// Whether these halves and the others grant the same.
    func isSameSet(as others: [PolicyRule]) -> Bool {
        subtract(others, from: self).isEmpty && subtract(self, from: others).isEmpty
    }
}
