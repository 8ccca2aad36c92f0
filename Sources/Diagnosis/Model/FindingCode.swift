/// The stable name of one kind of finding. The contract with users: a code never changes its meaning.
package enum FindingCode: String, Hashable, Sendable, CaseIterable {
    // Why a requirement is not met.
    case ruleMissing = "rule-missing"
    case verbMissing = "verb-missing"
    case subresourceMissing = "subresource-missing"
    case apiGroupWrong = "api-group-wrong"
    case resourceNameWrong = "resource-name-wrong"
    case resourceNamesRestricted = "resource-names-restricted"
    case namespaceScopeTooNarrow = "namespace-scope-too-narrow"
    case clusterScopeInRole = "cluster-scope-in-role"
    case notApplied = "not-applied"
    case roleOutdated = "role-outdated"
    case notBound = "not-bound"
    case subjectMismatch = "subject-mismatch"
    case roleRefDangling = "role-ref-dangling"
    case aggregationUnmatched = "aggregation-unmatched"
    case deniedElsewhere = "denied-elsewhere"
    case resourceNotServed = "resource-not-served"
    case versionNotServed = "version-not-served"
    case subresourceNotServed = "subresource-not-served"
    case unauthenticated
    case impersonationRefused = "impersonation-refused"
    case accessDenied = "access-denied"
    case unknown
    // What goes wrong later although the call is allowed now.
    case maskedByBroaderIdentity = "masked-by-broader-identity"
    case cachedReadNeedsListWatch = "cached-read-needs-list-watch"
    case finalizersPermission = "finalizers-permission"
    case escalationRefused = "escalation-refused"
    case admissionRefused = "admission-refused"
    // About the manifests themselves.
    case excessPermission = "excess-permission"
    case wildcardGrant = "wildcard-grant"
    case riskyPermission = "risky-permission"
    case ruleInvalid = "rule-invalid"
    case crdInvalid = "crd-invalid"
    case markerDrift = "marker-drift"
}

/// How much a finding weighs; `--fail-on` compares with it.
package enum Severity: String, Hashable, Sendable, Comparable {
    case error, warning
    /// An error is the greater.
    package static func < (lhs: Self, rhs: Self) -> Bool { lhs == .warning && rhs == .error }
}
