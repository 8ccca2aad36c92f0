import Diagnosis
import RBAC

/// Which rule comes nearest to a call that no rule grants: the operator's own first, then those that might have been meant
/// for it.
struct NearMiss {
    private let cause: ExpectedCause
    private let call: RequestAttributes

    init(_ cause: ExpectedCause, _ call: RequestAttributes) {
        self.cause = cause
        self.call = call
    }

    var code: String? { ownCode ?? first(of: otherRules) }
    var ownCode: String? { first(of: rules { cause.verdict.isHeld($0) }) }

    private var otherRules: [PolicyRule] {
        let hasOwn = cause.verdict.objects.roles.indices.contains(where: cause.verdict.isHeld)
        return rules { !cause.verdict.isHeld($0) && cause.isEvidence($0) && !(hasOwn && cause.isOthers($0)) }
    }

    private func rules(_ isMeant: (Int) -> Bool) -> [PolicyRule] {
        cause.verdict.objects.roles.indices.filter(isMeant).flatMap(cause.verdict.rules)
    }

    /// The codes in the contract's order.
    private func first(of rules: [PolicyRule]) -> String? {
        let tests: [(String, (PolicyRule) -> Bool)] = [
            ("resource-names-restricted", isNamed), ("verb-missing", lacksVerb),
            ("subresource-missing", coversParent), ("api-group-wrong", isOfOtherGroup),
            ("resource-name-wrong", isMisnamed),
        ]
        return tests.first { rules.contains(where: $0.1) }?.0
    }

    private func isNamed(_ rule: PolicyRule) -> Bool {
        let parts = Parts(rule, call)
        return parts.verb && parts.place && !parts.name
    }

    private func lacksVerb(_ rule: PolicyRule) -> Bool {
        let parts = Parts(rule, call)
        return parts.place && !parts.verb
    }

    private func coversParent(_ rule: PolicyRule) -> Bool {
        !call.subresource.isEmpty && Parts(rule, call).group
            && (rule.resources.contains(call.resource) || rule.resources.contains("\(call.resource)/*"))
    }

    private func isOfOtherGroup(_ rule: PolicyRule) -> Bool {
        guard call.nonResourceURL == nil, !Parts(rule, call).group else { return false }
        if rule.resources.contains(call.qualifiedResource) { return true }
        // "or puts a version in `apiGroups`", where the rest fits.
        var mended = rule
        mended.apiGroups = rule.apiGroups.map { entry in
            let isCore = call.group.isEmpty && ["core", "v1"].contains(entry)
            let isVersioned = !call.group.isEmpty && entry.hasPrefix("\(call.group)/")
            let isSlip = !entry.isEmpty && !call.group.isEmpty && isNear(entry, call.group) && !isGroup(entry)
            return isCore || isVersioned || isSlip ? call.group : entry
        }
        return Parts(mended, call).place
    }

    // MARK: - The kind, the singular, a short name, or a misspelling

    private func isMisnamed(_ rule: PolicyRule) -> Bool {
        guard call.nonResourceURL == nil, Parts(rule, call).group else { return false }
        return rule.resources.contains { entry in
            let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let subresource = parts.count > 1 ? parts[1] : ""
            guard parts[0] != "*" else { return false }
            if parts[0] == call.resource {
                return !subresource.isEmpty && !call.subresource.isEmpty && isNear(subresource, call.subresource)
                    && !isKnown(subresource)
            }
            return subresource == call.subresource && isOtherName(parts[0]) && !isResource(parts[0], rule)
        }
    }

    private func isOtherName(_ name: String) -> Bool {
        let lower = name.lowercased()
        if lower == call.resource { return true }
        if let known = KnownResources.builtin.resource(call.resource, group: call.group) {
            if [known.kind.lowercased(), known.singular].contains(lower) || known.shortNames.contains(lower) {
                return true
            }
        } else if ["s", "es"].contains(where: { lower + $0 == call.resource })
            || lower.hasSuffix("y") && lower.dropLast() + "ies" == call.resource
        {
            return true
        }
        return isNear(name, call.resource)
    }

    /// "One edit, two from eight letters on."
    private func isNear(_ name: String, _ right: String) -> Bool {
        distance(name, right) <= (right.count >= 8 ? 2 : 1)
    }

    private func isGroup(_ name: String) -> Bool {
        KnownResources.builtin.groups.contains(name)
            || cause.calls.contains { $0.group == name && !$0.resource.isEmpty }
    }

    private func isResource(_ name: String, _ rule: PolicyRule) -> Bool {
        rule.apiGroups.contains { group in
            if group == "*" {
                return cause.calls.contains { $0.resource == name }
                    || KnownResources.builtin.all.contains { $0.plural == name }
            }
            return KnownResources.builtin.resource(name, group: group) != nil
                || cause.calls.contains { $0.resource == name && $0.group == group }
        }
    }

    private func isKnown(_ subresource: String) -> Bool {
        let known = KnownResources.builtin.resource(call.resource, group: call.group)
        return subresource == "finalizers" && known != nil || known?.hasSubresource(subresource) ?? false
            || cause.calls.contains { $0.resource == call.resource && $0.subresource == subresource }
    }
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn one name into another.
func distance(_ first: String, _ second: String) -> Int {
    let (a, b) = (Array(first), Array(second))
    if a.isEmpty || b.isEmpty { return a.count + b.count }
    var table = Array(repeating: Array(repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in 0...a.count { table[i][0] = i }
    for j in 0...b.count { table[0][j] = j }
    for i in 1...a.count {
        for j in 1...b.count {
            let change = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, change)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
            }
        }
    }
    return table[a.count][b.count]
}
