/// What `generate` is given.
package struct GenerateInput: Sendable {
    /// Where the roles of calls in a namespace go.
    package enum Scope: String, Hashable, Sendable, CaseIterable {
        /// Where a person would put them: a Role where the calls were, a ClusterRole for what is called everywhere.
        case auto
        /// A Role in each namespace that was called; a ClusterRole only for what no Role can grant.
        case namespace
        /// One ClusterRole.
        case cluster
    }

    /// The calls, and whose they are; of its manifests only the operator's identity is taken.
    package var calls: CheckInput
    package var scope: Scope
    /// Restrict rules to the names that were called, where the verbs allow it and they are few.
    package var usesResourceNames: Bool

    /// What an API server serves; empty where none was asked.
    package var served: [KnownResource]

    package init(
        calls: CheckInput,
        scope: Scope = .auto,
        usesResourceNames: Bool = false,
        served: [KnownResource] = []
    ) {
        self.served = served
        self.calls = calls
        self.scope = scope
        self.usesResourceNames = usesResourceNames
    }
}
