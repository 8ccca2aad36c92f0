package import RBAC
package import Traces

/// The answer of `diff`: what only one side has, and what both have.
///
/// Rules are compared by what they grant and not by their text, so an item's rule is compacted from what differs: it may
/// be a part of a rule that a file holds, or stand for parts of several.
package struct DiffReport: Sendable {
    /// Which of its three uses this was; the words follow from it.
    package enum Comparison: String, Hashable, Sendable {
        case roleToTrace = "role-trace"
        case roleToRole = "role-role"
        case roleToCluster = "role-cluster"
    }

    package struct Side: Hashable, Sendable {
        package enum Kind: String, Hashable, Sendable { case manifests, trace, cluster }
        package var kind: Kind
        /// As the user named it: a path, `-`, `cluster`.
        package var label: String
        package init(kind: Kind, label: String) {
            self.kind = kind
            self.label = label
        }
    }

    package enum Change: String, Hashable, Sendable, CaseIterable {
        /// Role vs trace: called, and nothing grants it.
        case neededNotGranted = "needed-not-granted"
        /// Role vs trace: granted, and no call used it.
        case notExercised = "not-exercised"
        /// Role vs trace: granted with a wildcard, of which calls used only a part.
        case exercisedInPart = "exercised-in-part"
        /// Role vs role: B grants it, A nothing of the kind.
        case added
        /// Role vs role: A grants it, B nothing of the kind.
        case removed
        /// Role vs role: B grants it, A only a part of it (`counterpart`).
        case widened
        /// Role vs role: A grants it, B only a part of it (`counterpart`).
        case narrowed
        /// Role vs cluster: in the manifests, and not in the cluster.
        case notApplied = "not-applied"
        /// Role vs cluster: in the cluster, and not in the manifests.
        case notInManifests = "not-in-manifests"
        /// On both sides.
        case same
    }

    /// What a role grants, to whom and where.
    package struct GrantedRule: Hashable, Sendable {
        /// `ClusterRole/manager-role`, `Role/demo/leader-election-role`.
        package var role: String
        /// `ClusterRoleBinding/manager-rolebinding`; `nil` where no one binding is meant.
        package var binding: String?
        /// The namespace that the grant is limited to; `nil` for the whole cluster, empty where the manifests leave the
        /// namespace open.
        package var namespace: String?
        /// `ServiceAccount/demo/operator`, `Group/system:authenticated`; empty where the role is bound to nobody.
        package var subjects: [String]
        /// `nil` where the binding as a whole is meant: what the role grants stands elsewhere, or no file holds it.
        package var rule: PolicyRule?

        package init(
            role: String,
            binding: String? = nil,
            namespace: String? = nil,
            subjects: [String] = [],
            rule: PolicyRule?
        ) {
            self.role = role
            self.binding = binding
            self.namespace = namespace
            self.subjects = subjects
            self.rule = rule
        }
    }

    package struct Item: Sendable {
        package enum Content: Sendable {
            case requirement(Requirement)
            case rule(GrantedRule)
        }

        package var content: Content
        package var change: Change
        /// `nil` for what is no difference.
        package var severity: Severity?
        /// Where it stands in the files of its side, the entries that differ labelled; then, for what both sides have and
        /// for a counterpart, where in those of the other.
        package var locations: [FindingLocation]
        /// Widened and narrowed: what the other side has of it. Exercised in part: the rules for what was called.
        package var counterpart: [PolicyRule]
        /// A line of explanation, lower case, no final period; `nil` where the change says it all.
        package var note: String?

        package init(
            content: Content,
            change: Change,
            severity: Severity? = nil,
            locations: [FindingLocation] = [],
            counterpart: [PolicyRule] = [],
            note: String? = nil
        ) {
            self.content = content
            self.change = change
            self.severity = severity
            self.locations = locations
            self.counterpart = counterpart
            self.note = note
        }
    }

    package var comparison: Comparison
    package var a: Side
    package var b: Side
    /// In a stable order, errors first.
    package var onlyInA: [Item] = []
    package var onlyInB: [Item] = []
    package var inBoth: [Item] = []
    /// Requirements of which the manifests do not say whether they are granted: they bind a role that no file holds. Role
    /// vs cluster: what the manifests have of a kind that could not be read in the cluster.
    package var notEvaluated: [Item] = []
    /// Set where one side is a cluster that was asked.
    package var server: CheckReport.Server?
    /// Whose access was judged (role vs trace).
    package var identities: [CheckReport.Identity] = []
    package var failures: [CheckReport.Failure] = []
    /// Sentences said once at the top.
    package var notes: [String] = []
    /// Texts of the files that the locations point into.
    package var texts: [String: String] = [:]

    package init(comparison: Comparison, a: Side, b: Side) {
        self.comparison = comparison
        self.a = a
        self.b = b
    }

    /// How many differences weigh this much; what `--fail-on` is compared with.
    package func count(_ severity: Severity) -> Int {
        onlyInA.count { $0.severity == severity } + onlyInB.count { $0.severity == severity }
    }
}
