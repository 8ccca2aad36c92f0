package import RBAC

/// What one place of a log says about a refusal, or about what usually hides one.
package struct Notice: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// An authorizer refused.
        case authorization
        /// The storage of roles and bindings refused: these rules are handed out and not held.
        case escalation(missing: [PolicyRule])
        /// An owner reference blocks the deletion of an owner whose finalizers may not be updated. The update is told by
        /// OpenShift alone; the request of the notice is about the object that is owned.
        case ownerFinalizers(update: RequestAttributes?)
        /// The server does not serve this kind.
        case notServed(UnservedKind)
        /// Not about authorization: a plugin of the API server, a webhook or a policy refused.
        case admission(Admission)
        /// 401.
        case unauthenticated
        /// A generic error, whose cause stands elsewhere if anywhere.
        case symptom(Symptom)
    }

    /// How the request is known.
    package enum Source: Int, Hashable, Sendable, Comparable {
        /// By an HTTP method, a URL, or the name of a client's function: no user, and the scope may be missing.
        case call
        /// By a message that was cut off: what is missing is empty.
        case fragment
        /// By the server's whole message.
        case message

        package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    package var kind: Kind
    /// `nil` where none is named.
    package var request: RequestAttributes?
    /// Empty where nobody is named.
    package var user: String
    package var groups: [String]
    /// What the authorizers or the plugin gave as the reason.
    package var reason: String
    /// An informer asked: it needs both list and watch.
    package var isInformer: Bool
    package var source: Source
    /// The namespace of the request is not known, rather than all of them.
    package var lacksScope: Bool

    package init(
        _ kind: Kind,
        request: RequestAttributes? = nil,
        user: String = "",
        groups: [String] = [],
        reason: String = "",
        isInformer: Bool = false,
        source: Source = .message,
        lacksScope: Bool = false
    ) {
        self.kind = kind
        self.request = request
        self.user = user
        self.groups = groups
        self.reason = reason
        self.isInformer = isInformer
        self.source = source
        self.lacksScope = lacksScope
    }
}

/// A kind that no API of the server has.
package struct UnservedKind: Hashable, Sendable {
    package var kind: String
    /// Group and version, `apps/v1`; empty where they are not told.
    package var apiVersion: String

    package init(kind: String, apiVersion: String) {
        self.kind = kind
        self.apiVersion = apiVersion
    }
}

/// A 403 that no role mends.
package struct Admission: Hashable, Sendable {
    /// Who decided.
    package enum Decider: String, Hashable, Sendable, CaseIterable {
        case quota, podSecurity, securityContextConstraints, policy, webhook, webhookUnreachable, terminatingNamespace
        case protectedNamespace, limitRange, nodeRestriction, priority, serviceAccount, runtimeClass, nodeSelector
        case imagePolicy, certificateSubject, externalIPs, notReady, unknown
    }

    package var decider: Decider
    /// Which quota, policy, webhook or level; empty where the text names none.
    package var name: String
    /// The refused object's resource with its group, and its name; empty where the text names none.
    package var resource: String
    package var object: String

    package init(decider: Decider, name: String = "", resource: String = "", object: String = "") {
        self.decider = decider
        self.name = name
        self.resource = resource
        self.object = object
    }
}

/// A generic error that usually hides a refusal.
package enum Symptom: Hashable, Sendable {
    /// An informer did not get its first list in time; the Go type or kind, empty where it is not told.
    case cacheSync(kind: String)
    /// The manager gave up waiting for what it had started.
    case runnables
    case leaderElectionLost
    case noInClusterConfiguration
    /// An event was thrown away.
    case eventRejected
    /// `unknown (get pods)`: client-go could not read the refusal. Its verb is an HTTP method.
    case unreadable
}
