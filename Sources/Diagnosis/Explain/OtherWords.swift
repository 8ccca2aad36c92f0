import RBAC
import Traces

/// `unauthenticated`: 401, or a request without a user.
enum UnauthenticatedWords {
    static func fill(_ refusal: inout ExplainReport.Refusal, _ notice: Notice) {
        if notice.user.isEmpty {
            refusal.title = "the API server does not accept the credentials"
            refusal.explanation =
                "A 401 says who you are is not known; what you may do was not looked at. The token has expired, is for another "
                + "cluster or audience, or its service account or secret was deleted."
        } else {
            refusal.title = "the request came without credentials: the API server sees `system:anonymous`"
            refusal.explanation =
                "Nothing told the API server who asks: no token and no client certificate reached it. A role for "
                + "`system:anonymous` would open this to everybody."
        }
        refusal.remedy = Remedy(
            summary: "see that the client sends valid credentials: a mounted service account token, or a fresh login"
        )
    }
}

/// `impersonation-refused`: somebody may not act as somebody else.
enum ImpersonationWords {
    static func fill(_ refusal: inout ExplainReport.Refusal, _ notice: Notice) {
        guard let request = notice.request else { return }
        let who = AuthorizationWords.subject(notice.user)
        if notice.reason.contains("without impersonating a user name") {
            refusal.title = "groups or extras are impersonated, and no user"
            refusal.explanation =
                "`Impersonate-Group`, `Impersonate-Uid` and `Impersonate-Extra-*` need `Impersonate-User` beside them. No role "
                + "mends that."
            refusal.remedy = Remedy(summary: "send a user too: `--as USER` beside `--as-group`")
            return
        }
        refusal.requires = rules(granting: [request])
        refusal.asked = [request]
        refusal.remedy = GrantRemedy.remedy(user: notice.user, [request], lacksScope: notice.lacksScope, .builtin)
        let target = Target(request).description
        if request.verb == "impersonate" {
            refusal.title = "\(who) may not impersonate \(quoted(request, target))"
            refusal.explanation =
                "Whoever sends `Impersonate-*` headers needs the verb `impersonate` on each user, group, service account, uid "
                + "and extra that they name. `resourceNames` limits it to some."
        } else if notice.reason.contains("is not allowed") {
            refusal.title = "\(who) may not impersonate \(quoted(request, target)): nobody may"
            refusal.explanation = "The API server allows this to no constrained impersonation: \(notice.reason)."
            refusal.requires = []
            refusal.asked = []
            refusal.remedy = Remedy(summary: "impersonate somebody else")
        } else {
            refusal.title = "\(who) may not `\(request.verb)` `\(target)`"
            refusal.explanation =
                "Constrained impersonation (on by default from Kubernetes 1.36) asks for two permissions: "
                + "`impersonate:MODE` on the identity, and `impersonate-on:MODE:VERB` on what is called as it. It is tried "
                + "before plain impersonation, so that its refusal is the one to be read: the verb `impersonate` on the "
                + "users, groups or service accounts would be enough too, and allows more."
            guard let identity = constrainedIdentity(request) else { return }
            // Whom, the text does not say, so that the second permission is for all of a kind.
            let both = [request, identity]
            refusal.requires = rules(granting: both)
            refusal.remedy = GrantRemedy.remedy(user: notice.user, both, lacksScope: notice.lacksScope, .builtin)
            refusal.remedy?.summary = "grant both: acting as somebody, and what is called as them"
        }
    }

    /// The other permission that the first refusal, of the action, goes with. Kubernetes:
    /// `apiserver/pkg/endpoints/filters/impersonation/mode.go`.
    private static func constrainedIdentity(_ action: RequestAttributes) -> RequestAttributes? {
        let words = action.verb.split(separator: ":", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == "impersonate-on" else { return nil }
        let resources = [
            "serviceaccount": "serviceaccounts", "user-info": "users", "arbitrary-node": "nodes",
            "associated-node": "nodes",
        ]
        guard let resource = resources[String(words[1])] else { return nil }
        return RequestAttributes(
            verb: "impersonate:\(words[1])",
            group: "authentication.k8s.io",
            version: "v1",
            resource: resource
        )
    }

    private static func quoted(_ request: RequestAttributes, _ target: String) -> String {
        request.name.isEmpty ? "`\(target)`" : "`\(target)` `\(request.name)`"
    }
}

/// `escalation-refused`
enum EscalationWords {
    static func fill(_ refusal: inout ExplainReport.Refusal, _ missing: [PolicyRule]) {
        let isBinding = refusal.request?.resource.hasSuffix("bindings") ?? false
        let verb = isBinding ? "bind" : "escalate"
        let rules = compacted(missing)
        let who = AuthorizationWords.subject(refusal.user)
        refusal.title =
            "\(who) hands out permissions by a \(isBinding ? "binding" : "role") that it does not hold itself"
        refusal.requires = rules
        refusal.asked = rules.flatMap(\.plainRequests)
        refusal.explanation =
            "Nobody may grant more than they have: whoever writes a role or a binding must hold everything in it, in that "
            + "scope, or have the verb `\(verb)` on the role."
        refusal.remedy = Remedy(
            summary: "grant it what it hands out; `\(verb)` would do too, and lets it hand out everything",
            rules: rules,
            markers: rules.map { kubebuilderMarker($0) }
        )
    }
}

/// `finalizers-permission`, as the admission plugin says it.
enum OwnerWords {
    static func fill(_ refusal: inout ExplainReport.Refusal, _ update: RequestAttributes?) {
        let granted = rules(granting: [update].compactMap(\.self))
        let what = update.map { "`\(Target($0).description)`" } ?? "the owner's `finalizers`"
        refusal.title = "an owner reference blocks deletion, and \(what) may not be updated"
        refusal.requires = granted
        refusal.asked = [update].compactMap(\.self)
        refusal.explanation =
            "`blockOwnerDeletion: true`, which SetControllerReference sets, delays the deletion of the owner. Where the "
            + "admission plugin OwnerReferencesPermissionEnforcement is on (OpenShift has it on), that needs `update` on the "
            + "owner's `finalizers`, in the namespace of the object that is owned."
            + (update == nil ? " The text does not name the owner: it is the kind that the controller reconciles." : "")
        refusal.remedy = Remedy(
            summary: "grant `update` on \(update == nil ? "`OWNERS/finalizers` in the owner's API group" : what)",
            rules: granted,
            markers: granted.map { kubebuilderMarker($0) }
        )
    }
}

/// `resource-not-served`: no permission is missing, as far as the text says.
enum NotServedWords {
    static func fill(_ refusal: inout ExplainReport.Refusal, _ kind: UnservedKind, _ known: KnownResources) {
        let version = kind.apiVersion.isEmpty ? "" : " in version `\(kind.apiVersion)`"
        refusal.title = "the API server serves no `\(kind.kind)`\(version)"
        refusal.explanation =
            "That is a 404, not a 403: its CRD is not installed, or not in this version, or the name is wrong. Less "
            + "likely, discovery itself was refused, which leaves the client without any kinds."
        let group = kind.apiVersion.split(separator: "/").dropLast().first.map(String.init)
        refusal.remedy = Remedy(
            summary: "install the CRD, or correct group, version and kind",
            commands: group.map { ["kubectl api-resources --api-group=\(shellWord($0))"] } ?? []
        )
    }
}

/// A generic error that stands alone.
enum SymptomWords {
    static func fill(_ refusal: inout ExplainReport.Refusal, _ symptom: Symptom, _ known: KnownResources) {
        switch symptom {
        case .cacheSync(let kind):
            let resource = known.named(kind).first { $0.form == .kind }?.resource.qualifiedName
            let what =
                resource.map { "`\($0)`" } ?? (kind.isEmpty ? "what it watches" : "the resource of kind `\(kind)`")
            refusal.title = "an informer\(kind.isEmpty ? "" : " for `\(kind)`") got no first list in time"
            refusal.explanation =
                "No line says why. The likely reason is that `list` or `watch` on \(what) is missing; others are a CRD that is "
                + "not installed, and a server that does not answer."
        case .runnables:
            refusal.title = "the manager stopped, and what it had started did not end in time"
            refusal.explanation =
                "No line says why it stopped. A likely reason is an informer that never got its first list, for want of "
                + "`list` and `watch` on what it reads."
        case .leaderElectionLost:
            refusal.title = "the leader's lease could not be renewed"
            refusal.explanation =
                "No line says why. The likely permission is `get`, `create` and `update` on `leases.coordination.k8s.io` in "
                + "the operator's namespace; a slow or unreachable API server does the same."
        case .eventRejected:
            refusal.title = "the API server did not take an event"
            refusal.explanation =
                "No line says why. The likely permission is `create` and `patch` on `events`, in the core group or in "
                + "`events.k8s.io`."
        case .noInClusterConfiguration:
            refusal.title = "there is no in-cluster configuration"
            refusal.explanation =
                "The process runs outside a pod, or its service account token is not mounted "
                + "(`automountServiceAccountToken: false`). It most likely lacks no permission: it has not asked yet."
        case .unreadable:
            refusal.title = "the API server's refusal could not be read"
        }
        refusal.remedy = Remedy(
            summary: "explain the log from its beginning, or record the calls: swiftop-rbac record -- CMD"
        )
    }
}

extension PolicyRule {
    /// The requests that the rule is about, one by one; none where a wildcard stands for some that nobody can list.
    fileprivate var plainRequests: [RequestAttributes] {
        guard ![verbs, apiGroups, resources, nonResourceURLs].contains(where: { $0.contains { $0.contains("*") } })
        else {
            return []
        }
        let paths = nonResourceURLs.flatMap { path in verbs.map { RequestAttributes(verb: $0, nonResourceURL: path) } }
        return paths
            + apiGroups.flatMap { group in
                resources.flatMap { resource in verbs.map { request($0, group, resource) } }
            }
    }

    private func request(_ verb: String, _ group: String, _ resource: String) -> RequestAttributes {
        let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
        return RequestAttributes(
            verb: verb,
            group: group,
            resource: parts.first ?? "",
            subresource: parts.count > 1 ? parts[1] : "",
            name: resourceNames.first ?? ""
        )
    }
}
