/// A list of a rule, by its key.
package enum RuleList: String, Hashable, Sendable, CaseIterable {
    case apiGroups, resources, resourceNames, nonResourceURLs, verbs
}
