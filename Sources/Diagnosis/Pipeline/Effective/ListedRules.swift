import RBAC

/// What a server lists of somebody's rules, held against calls that it refuses: less than roles and bindings tell, and all
/// there is where those may not be read.
extension LiveDiagnosis {
    /// Whether the list has a rule that grants a call, so that it is not RBAC which refuses it.
    func isListed(_ call: Call) -> Bool {
        held[call.home]?.rules.contains { call.isGranted(by: $0) } ?? false
    }

    /// What is listed about the calls, a line for each namespace.
    func heldLines(_ calls: [Call]) -> [String] {
        held.keys.sorted().flatMap { namespace -> [String] in
            let calls = calls.filter { $0.home == namespace }
            guard let rules = held[namespace], !calls.isEmpty else { return [] }
            let lines = Dictionary(grouping: calls, by: \.target).values.map { line($0, rules, namespace) }.sorted()
            return lines
                + (rules.isIncomplete ? ["the list is not complete: an authorizer does not say what it allows"] : [])
        }
    }

    private func line(_ calls: [Call], _ held: ListedRules, _ namespace: String) -> String {
        let place = "in namespace `\(namespace)` a SelfSubjectRulesReview lists"
        let near = held.rules.filter { rule in
            let match = calls[0].match(rule)
            return match.group && match.resource && match.path
        }
        guard !near.isEmpty else { return "\(place) nothing about \(Wording.targets(calls))" }
        let verbs = Set(near.flatMap(\.verbs)).sorted(by: verbOrder)
        let names = near.allSatisfy { !$0.resourceNames.isEmpty } ? Set(near.flatMap(\.resourceNames)).sorted() : []
        let limit = names.isEmpty ? "" : ", of \(Wording.list(names)) only"
        return "\(place) \(quotedList(verbs, conjunction: "and")) on \(Wording.targets(calls))\(limit)"
    }
}
