package import Manifests
package import RBAC
package import Traces

/// What `check` is given: the manifests, what is required of them, and whose access is meant.
package struct CheckInput: Sendable {
    /// `nil` where none were given or found: the declared side is then not evaluated.
    package var manifests: ManifestSet?
    /// Of traces, profiles and `--need`, merged and in their order, as `RequirementSet.requirements` gives them; of every user
    /// that the traces name.
    package var requirements: [Requirement]
    /// Whether calls were recorded; `nil` goes by the counts of the requirements.
    package var hasTrace: Bool?
    package var identity: IdentityChoice
    /// Whose access the server is asked about, where that is another question than whose the manifests are judged for; `nil`
    /// goes by `identity`.
    package var reviewed: IdentityChoice?
    /// `-n`.
    package var namespace: String?
    /// `--as` and `--as-group`.
    package var asUser: String?
    package var asGroups: [String]
    package var isOffline: Bool
    /// Off for `--no-bootstrap-policy`.
    package var includesBootstrapPolicy: Bool

    package init(
        manifests: ManifestSet?,
        requirements: [Requirement],
        hasTrace: Bool? = nil,
        identity: IdentityChoice = .automatic,
        namespace: String? = nil,
        asUser: String? = nil,
        asGroups: [String] = [],
        isOffline: Bool = true,
        includesBootstrapPolicy: Bool = true
    ) {
        self.manifests = manifests
        self.requirements = requirements
        self.hasTrace = hasTrace
        self.identity = identity
        self.namespace = namespace
        self.asUser = asUser
        self.asGroups = asGroups
        self.isOffline = isOffline
        self.includesBootstrapPolicy = includesBootstrapPolicy
    }
}

/// `--identity`.
package enum IdentityChoice: Hashable, Sendable {
    /// Not said: both where the operator is known, else whoever asks.
    case automatic
    case currentUser
    case operatorAccount
    case both
    case account(ServiceAccountName)
}
