import Diagnosis
import NIOHTTP1
import RBAC
import Traces

/// Judges one request by the manifests' grants. Kubernetes: the authorization filter, and what handlers ask beyond it.
struct DeclaredJudge {
    let request: RequestHead
    let attributes: RequestAttributes
    let grants: DeclaredGrants
    let asksTwiceForExec: Bool
    let note: (String) -> Void

    func verdict() -> Verdict {
        if let name = request.headers.first(name: "impersonate-user") { return impersonation(of: name) }
        guard grants.access.decide(attributes).isAllowed else { return .answer(refusal(attributes)) }
        if let review = SelfReview(attributes) {
            let grants = grants
            return .body { review.answer($0, grants).map { .answer($0) } ?? .forward }
        }
        return furtherChecks()
    }

    /// The server's refusal of a request, word for word.
    func refusal(_ attributes: RequestAttributes) -> LocalAnswer {
        LocalAnswer(
            StatusBody(
                Refusal(
                    request: attributes,
                    user: grants.user.name,
                    reason: grants.access.decide(attributes).reason
                )
            )
        )
    }

    // MARK: - As somebody else

    /// The child may have to be allowed to act as somebody else; what that user may do, the server says.
    private func impersonation(of name: String) -> Verdict {
        var asked = [Self.impersonation(ofUser: name)]
        asked += request.headers["impersonate-group"].map {
            RequestAttributes(verb: "impersonate", version: "v1", resource: "groups", name: $0)
        }
        if let denied = asked.first(where: { !grants.access.decide($0).isAllowed }) { return .answer(refusal(denied)) }
        note("calls that the command makes as \(name): your own permissions decided them")
        return .forward
    }

    static func impersonation(ofUser name: String) -> RequestAttributes {
        guard let account = ServiceAccountName(userName: name) else {
            return RequestAttributes(verb: "impersonate", version: "v1", resource: "users", name: name)
        }
        return RequestAttributes(
            verb: "impersonate",
            version: "v1",
            resource: "serviceaccounts",
            namespace: account.namespace,
            name: account.name
        )
    }

    // MARK: - Beyond the first question

    private func furtherChecks() -> Verdict {
        if EscalationCheck.isAbout(attributes) { return escalation() }
        if createsWhereMissing { return creation() }
        if asksTwiceForExec, isExecByGet { return execution() }
        return .forward
    }

    /// Apply and some PUTs create an object that is not there.
    private var createsWhereMissing: Bool {
        guard attributes.subresource.isEmpty, !attributes.name.isEmpty else { return false }
        if attributes.verb == "patch" {
            return request.headers.first(name: "content-type")?.hasPrefix("application/apply-patch") ?? false
        }
        return attributes.verb == "update"
            && Self.createdOnUpdate.contains("\(attributes.resource).\(attributes.group)")
    }

    /// Kubernetes: the storage strategies whose `AllowCreateOnUpdate` is true.
    private static let createdOnUpdate: Set<String> = [
        "leases.coordination.k8s.io", "services.", "endpoints.", "events.", "events.events.k8s.io", "limitranges.",
        "roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io",
        "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io",
    ]

    private func creation(then next: Verdict = .forward) -> Verdict {
        var create = attributes
        create.verb = "create"
        guard !grants.access.decide(create).isAllowed else { return next }
        let denied = refusal(create)
        let path = String(request.target.prefix { $0 != "?" })
        return .lookUp(path) { [note, attributes] found in
            switch found {
            case .found: return next
            case .missing: return .answer(denied)
            case .unknown:
                note("whether \(attributes.resource) \"\(attributes.name)\" was there before it was written")
                return next
            }
        }
    }

    private var isExecByGet: Bool {
        attributes.verb == "get" && attributes.group.isEmpty && attributes.resource == "pods" && request.upgrade != nil
            && ["exec", "attach", "portforward"].contains(attributes.subresource)
    }

    private func execution() -> Verdict {
        var create = attributes
        create.verb = "create"
        let decision = grants.access.decide(create)
        guard !decision.isAllowed else { return .forward }
        return .answer(
            LocalAnswer(
                StatusBody(
                    message: "pods \"\(attributes.name)\" is forbidden: \(decision.reason)",
                    reason: "Forbidden",
                    code: 403,
                    details: .init(name: attributes.name, kind: "pods")
                )
            )
        )
    }

    private func escalation() -> Verdict {
        let judge = self
        return .body { bytes in
            let check = EscalationCheck(
                judge.attributes,
                judge.grants,
                judge.request.headers.first(name: "content-type")
            )
            let verdict = check.verdict(bytes, note: judge.note)
            if case .forward = verdict, judge.createsWhereMissing { return judge.creation() }
            return verdict
        }
    }
}
