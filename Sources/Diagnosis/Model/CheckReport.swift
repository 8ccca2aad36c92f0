package import RBAC
package import Traces

/// The answer of `check` for one cluster, or for the manifests alone: everything that a renderer shows.
package struct CheckReport: Sendable {
    package struct Server: Hashable, Sendable {
        package var url: String
        /// As the server says it (`v1.36.2`); `nil` where it did not.
        package var version: String?
        /// The kubeconfig context, where one was used.
        package var context: String?
        package init(url: String, version: String?, context: String? = nil) {
            self.url = url
            self.version = version
            self.context = context
        }
    }

    /// Whose access was judged, and how that was asked.
    package struct Identity: Hashable, Sendable {
        package enum Role: String, Hashable, Sendable { case `self`, `operator` }
        package enum Via: String, Hashable, Sendable {
            case credentials, impersonation, token, subjectaccessreview, manifests
        }
        package var role: Role
        package var user: UserInfo
        package var via: Via
        package init(role: Role, user: UserInfo, via: Via) {
            self.role = role
            self.user = user
            self.via = via
        }
    }

    package enum Declared: String, Hashable, Sendable { case granted, missing, notEvaluated = "not-evaluated" }
    package enum Effective: String, Hashable, Sendable { case allowed, denied, unknown, notAsked = "not-asked" }

    /// A requirement with what was found out about it.
    package struct Judged: Sendable {
        package var requirement: Requirement
        package var declared: Declared
        package var effectiveSelf: Effective
        package var effectiveOperator: Effective
        /// `ClusterRole/manager-role via ClusterRoleBinding/manager-rolebinding`, each once.
        package var grantedBy: [String]
        /// Indices into `findings`, ascending.
        package var findings: [Int]
        /// Neither met nor unmet is unknown.
        package var isMet: Bool?

        package init(
            requirement: Requirement,
            declared: Declared = .notEvaluated,
            effectiveSelf: Effective = .notAsked,
            effectiveOperator: Effective = .notAsked,
            grantedBy: [String] = [],
            findings: [Int] = [],
            isMet: Bool? = nil
        ) {
            self.requirement = requirement
            self.declared = declared
            self.effectiveSelf = effectiveSelf
            self.effectiveOperator = effectiveOperator
            self.grantedBy = grantedBy
            self.findings = findings
            self.isMet = isMet
        }
    }

    /// A step that failed; what was found without it still stands.
    package struct Failure: Hashable, Sendable {
        package enum Stage: String, Hashable, Sendable {
            case arguments, manifests, trace, log, profile, kubeconfig, connection, discovery, review, baseline, output
            /// Objects of the cluster could not be read.
            case cluster
        }
        package var stage: Stage
        package var message: String
        package init(stage: Stage, message: String) {
            self.stage = stage
            self.message = message
        }
    }

    package var server: Server?
    package var identities: [Identity] = []
    /// In a stable order: the contract's.
    package var requirements: [Judged] = []
    /// Errors first, then by location; stable.
    package var findings: [Finding] = []
    package var failures: [Failure] = []
    /// Sentences said once at the top: whose access is judged, what was assumed, what was not followed.
    package var notes: [String] = []
    /// Lines for whoever wants to know all (`-v`): what was read, what was skipped.
    package var details: [String] = []
    /// Texts of the files that the findings point into, for excerpts.
    package var texts: [String: String] = [:]
    /// Works out the edits that mend findings. Costs nothing until it is asked.
    package var fixes: @Sendable (FixOptions) -> FixPlan = { _ in FixPlan() }

    package init() {}

    package struct Summary: Hashable, Sendable {
        package var requirements = 0
        package var met = 0
        package var unmet = 0
        package var unknown = 0
        package var errors = 0
        package var warnings = 0
    }

    package var summary: Summary {
        var summary = Summary()
        summary.requirements = requirements.count
        for judged in requirements {
            switch judged.isMet {
            case true: summary.met += 1
            case false: summary.unmet += 1
            default: summary.unknown += 1
            }
        }
        summary.errors = findings.count { $0.severity == .error }
        summary.warnings = findings.count { $0.severity == .warning }
        return summary
    }
}
