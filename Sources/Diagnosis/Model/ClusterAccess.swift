package import RBAC

/// What a diagnosis asks of a cluster. Whoever talks to an API server implements it; nothing here knows how.
///
/// No member throws: what could not be found out is part of the answer, since the rest of a run goes on without it.
package protocol ClusterAccess: Sendable {
    /// Which server is asked.
    func server() async -> CheckReport.Server

    /// Who the server says is asking.
    func currentUser() async -> ClusterAnswer<UserInfo>

    /// May the subject do these? One answer a request, in their order.
    func review(_ requests: [RequestAttributes], for subject: ReviewSubject) async -> [AccessAnswer]

    /// What the server serves.
    ///
    /// - Parameter refreshed: asks the server itself where a cache would answer. Asked for once, before anything is called
    ///   not served.
    func discovery(refreshed: Bool) async -> ClusterAnswer<Discovery>

    /// The roles and bindings that are in the cluster now.
    ///
    /// - Parameter namespaces: where to look for Roles and RoleBindings if they may not be read everywhere.
    func liveObjects(inNamespaces namespaces: [String]) async -> LiveObjects

    /// What the subject holds in a namespace, as the server itself lists it: for where roles and bindings may not be read.
    func listedRules(of subject: ReviewSubject, inNamespace namespace: String) async -> ClusterAnswer<ListedRules>
}

/// Whom an access review is about.
package enum ReviewSubject: Hashable, Sendable {
    /// Whoever the connection acts as.
    case currentUser
    /// Somebody else, with the groups that count for them.
    case user(UserInfo)
}

/// An answer, or why there is none.
package enum ClusterAnswer<Value: Sendable>: Sendable {
    case answer(Value)
    case failure(ClusterFailure)

    package var value: Value? {
        if case .answer(let value) = self { value } else { nil }
    }
}

/// Why something could not be found out.
package struct ClusterFailure: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// 401, or the server sees `system:anonymous`.
        case unauthenticated
        /// The server does not let you ask that: about somebody else, or about these objects.
        case refused
        /// No answer: unreachable, timed out, not understood.
        case noAnswer
    }

    package var kind: Kind
    /// One line, without credentials.
    package var message: String
    /// What to do about it, where that can be said; one line.
    package var hint: String?
    /// Of what was refused: the permission that would help.
    package var lacking: PolicyRule?
    /// Whether the server did answer, and only this one question came to nothing: others may still be asked.
    package var isOfOneQuestion: Bool

    package init(
        kind: Kind,
        message: String,
        hint: String? = nil,
        lacking: PolicyRule? = nil,
        isOfOneQuestion: Bool = false
    ) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.lacking = lacking
        self.isOfOneQuestion = isOfOneQuestion
    }

    /// As a report lists it among the steps that failed.
    func failure(_ stage: CheckReport.Failure.Stage) -> CheckReport.Failure {
        CheckReport.Failure(stage: stage, message: message + (hint.map { "\n  hint: \($0)" } ?? ""))
    }
}

/// The answer of an access review.
package struct AccessAnswer: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        case allowed, denied
        case unknown(ClusterFailure)
    }

    package var verdict: Verdict
    /// Why, in the server's words; often empty.
    package var reason: String
    /// What went wrong while the server evaluated; may come with either verdict.
    package var evaluationError: String
    /// Whether an authorizer said no, where usually nobody has said yes: RBAC never does.
    package var isExplicitDenial: Bool
    /// How it was asked; `nil` where nothing was.
    package var via: CheckReport.Identity.Via?

    package init(
        _ verdict: Verdict,
        reason: String = "",
        evaluationError: String = "",
        isExplicitDenial: Bool = false,
        via: CheckReport.Identity.Via? = nil
    ) {
        self.verdict = verdict
        self.reason = Self.sorted(reason)
        self.evaluationError = evaluationError
        self.isExplicitDenial = isExplicitDenial
        self.via = via
    }

    /// `RBAC: [A, B]` lists roles that are missing in the order of a map, another each time; a report of one cluster is to be
    /// the same each time.
    ///
    /// Kubernetes: `Authorize` in `plugin/pkg/auth/authorizer/rbac/rbac.go`.
    private static func sorted(_ reason: String) -> String {
        let start = "RBAC: ["
        guard reason.hasPrefix(start), reason.hasSuffix("]") else { return reason }
        let parts = reason.dropFirst(start.count).dropLast().split(separator: ", ").sorted()
        return "\(start)\(parts.joined(separator: ", "))]"
    }
}

/// What a server serves, as discovery says it.
package struct Discovery: Sendable {
    package var resources: [KnownResource]
    /// Groups whose resources could not be read, with why: nothing in them may be called not served.
    package var unreadGroups: [String: String]
    /// What could not be read, a line each: a group that is in no answer may be served all the same.
    package var failures: [String]

    package init(resources: [KnownResource], unreadGroups: [String: String] = [:], failures: [String] = []) {
        self.resources = resources
        self.unreadGroups = unreadGroups
        self.failures = failures
    }
}

/// The roles and bindings of a cluster, as far as they could be read.
package struct LiveObjects: Sendable {
    /// A kind of object that could not be read, or not everywhere.
    package struct Gap: Hashable, Sendable {
        /// `Role`, `ClusterRole`, `RoleBinding` or `ClusterRoleBinding`.
        package var kind: String
        /// The namespace that could not be read; `nil` for all.
        package var namespace: String?
        package var reason: String
        /// Of a kind that could not be read everywhere: the namespaces in which it could.
        package var besides: Set<String>

        package init(kind: String, namespace: String? = nil, reason: String, besides: Set<String> = []) {
            self.kind = kind
            self.namespace = namespace
            self.reason = reason
            self.besides = besides
        }

        /// Whether objects of a namespace may be missing for this; of any, for `nil`.
        func isAbout(_ namespace: String?) -> Bool {
            guard let namespace else { return true }
            return self.namespace.map { $0 == namespace } ?? !besides.contains(namespace)
        }
    }

    package var policy: Policy
    package var gaps: [Gap]
    /// The labels of ClusterRoles, by name; `nil` where they are not known.
    package var labels: [String: [String: String]]?

    package init(policy: Policy, gaps: [Gap] = [], labels: [String: [String: String]]? = nil) {
        self.policy = policy
        self.gaps = gaps
        self.labels = labels
    }

    /// Whether all objects of a kind are here, in one namespace where one is given.
    package func isComplete(_ kind: String, inNamespace namespace: String? = nil) -> Bool {
        !gaps.contains { $0.kind == kind && $0.isAbout(namespace) }
    }
}

/// The rules that a server lists for somebody in one namespace: those that hold in it and those that hold everywhere, without
/// the roles that they are from.
package struct ListedRules: Hashable, Sendable {
    package var rules: [PolicyRule]
    /// An authorizer cannot list what it allows: there may be more.
    package var isIncomplete: Bool

    package init(rules: [PolicyRule], isIncomplete: Bool = false) {
        self.rules = rules
        self.isIncomplete = isIncomplete
    }
}
