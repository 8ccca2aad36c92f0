import RBAC
import Traces

/// `access-denied`: an authorizer refused, and the text alone does not say why.
enum AuthorizationWords {
    static func fill(_ refusal: inout ExplainReport.Refusal, _ notice: Notice, _ known: KnownResources) {
        let who = subject(notice.user)
        guard let request = notice.request, !request.resource.isEmpty || !request.isResourceRequest else {
            refusal.title = "\(who) is refused something, and the text is cut off before it says what"
            refusal.explanation =
                "An authorizer refused a request. Which verb and which resource stand in the part that is missing."
            refusal.remedy = Remedy(summary: "explain the whole line, or the lines around it")
            return
        }
        guard !request.verb.isEmpty else {
            refusal.title = "\(who) may not send `OPTIONS` to `\(Target(request).description)`"
            refusal.explanation =
                "`OPTIONS` has no verb that a rule could name: only a rule for all verbs, `*`, grants it."
            return
        }
        let asked = notice.isInformer ? informer(request) : [request]
        refusal.title = "\(who) may not \(phrase(request, notice, known))"
        refusal.requires = rules(granting: asked)
        refusal.asked = asked
        refusal.explanation = explanation(notice, request)
        refusal.remedy =
            decided(notice.reason)
            ?? GrantRemedy.remedy(user: notice.user, asked, lacksScope: notice.lacksScope, known)
    }

    /// What mends a refusal whose reason tells more than that nothing grants it.
    private static func decided(_ reason: String) -> Remedy? {
        if NodeAuthorizer.refused(reason) { return NodeAuthorizer.remedy }
        if reason.contains("GKE Warden") { return Remedy(summary: "use a namespace of your own") }
        let missing = missingRoles(reason)
        guard !missing.isEmpty else { return nil }
        return Remedy(summary: "create \(Wording.list(missing)), or mend the `roleRef` of the binding")
    }

    /// An informer lists and watches.
    static func informer(_ request: RequestAttributes) -> [RequestAttributes] {
        ["list", "watch"].map { verb in
            var request = request
            request.verb = verb
            request.name = ""
            return request
        }
    }

    static func subject(_ user: String) -> String {
        user.isEmpty ? "somebody" : "`\(ServiceAccountName(userName: user)?.description ?? user)`"
    }

    /// `list` `secrets` in namespace `demo`
    private static func phrase(_ request: RequestAttributes, _ notice: Notice, _ known: KnownResources) -> String {
        let verb = request.verb.isEmpty ? "`OPTIONS`" : "`\(request.verb)`"
        if let path = request.nonResourceURL { return "\(verb) the path `\(path)`" }
        let name = request.name.isEmpty ? "" : " `\(request.name)`"
        return "\(verb) `\(Target(request).description)`\(name)\(scope(request, notice, known))"
    }

    private static func scope(_ request: RequestAttributes, _ notice: Notice, _ known: KnownResources) -> String {
        if !request.namespace.isEmpty { return " in namespace `\(request.namespace)`" }
        if notice.lacksScope { return "" }
        let isNamespaced = known.resource(request.resource, group: request.group)?.isNamespaced
        switch isNamespaced {
        case true?: return request.name.isEmpty && request.verb != "create" ? " in all namespaces" : ""
        case false?: return " at cluster scope"
        case nil: return " at cluster scope or in all namespaces"
        }
    }

    // MARK: - Why

    private static func explanation(_ notice: Notice, _ request: RequestAttributes) -> String {
        var sentences: [String] = []
        sentences += reason(notice)
        if sentences.isEmpty {
            sentences.append(
                "No role that is bound to \(notice.user.isEmpty ? "the caller" : subject(notice.user)) grants this, there."
            )
        }
        if notice.isInformer {
            sentences.append("An informer asked: it needs `watch` as well as `list`.")
        }
        if request.resource == "pods", ["exec", "attach", "portforward"].contains(request.subresource),
            request.verb == "get"
        {
            sentences.append(
                "Clients that use websockets ask for `get`, older ones for `create`: grant both to serve either."
            )
        }
        if let account = ServiceAccountName(userName: notice.user), account.name == "default" {
            sentences.append(
                "The caller runs as the namespace's `default` service account: perhaps its pod names none of its own."
            )
        }
        if notice.lacksScope, request.isResourceRequest, request.namespace.isEmpty {
            sentences.append("In which namespace, the text does not say.")
        }
        return sentences.joined(separator: " ")
    }

    /// What the authorizers gave as their reason, where that says more than the refusal.
    private static func reason(_ notice: Notice) -> [String] {
        let reason = notice.reason
        let missing = missingRoles(reason)
        if !missing.isEmpty {
            let isOne = missing.count == 1
            return [
                "A binding for the caller refers to \(Wording.list(missing)), which \(isOne ? "does" : "do") not exist: "
                    + "create \(isOne ? "it" : "them"), or mend the `roleRef`. A new rule elsewhere would grant the call "
                    + "and leave that broken."
            ]
        }
        if NodeAuthorizer.refused(reason) { return [NodeAuthorizer.explanation] }
        if reason.contains("GKE Warden") {
            return ["GKE Warden refuses this, whatever roles grant: the namespace is managed by Google. No role helps."]
        }
        if reason.contains("permission(s)") || reason.contains("Required \"container.") {
            return ["No role grants this, and Google Cloud's IAM does not either; one of the two is enough."]
        }
        if reason.contains("in Azure") {
            return ["No role grants this, and no Azure role assignment does either; one of the two is enough."]
        }
        return []
    }

    /// `clusterrole.rbac.authorization.k8s.io "x" not found`, as kinds and names.
    private static func missingRoles(_ reason: String) -> [String] {
        var names: [String] = []
        var seen: Set<String> = []
        for (mark, kind) in [
            ("clusterrole.rbac.authorization.k8s.io \"", "ClusterRole"), ("role.rbac.authorization.k8s.io \"", "Role"),
        ] {
            for range in reason.ranges(of: mark) {
                if kind == "Role", reason[..<range.lowerBound].hasSuffix("cluster") { continue }
                let name = reason[range.upperBound...].prefix { $0 != "\"" }
                if seen.insert("\(kind) \(name)").inserted { names.append("\(kind) \(name)") }
            }
        }
        return names
    }
}

/// The Node authorizer lets a kubelet read what the pods of its node use, and no role adds to that.
enum NodeAuthorizer {
    static func refused(_ reason: String) -> Bool { reason.contains("no relationship found between node") }

    static let explanation =
        "The Node authorizer decides about kubelets, by which pods run on the node: no pod there uses this object, or not "
        + "any more. A role for the node would open the object to every compromise of it."

    static let remedy = Remedy(
        summary: "look for the pod that should use it, and whether it runs on this node; grant nothing"
    )
}
