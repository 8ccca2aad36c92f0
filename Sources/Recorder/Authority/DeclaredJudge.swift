import Diagnosis
import NIOHTTP1
import RBAC
import Traces

/// Judges one request by the manifests' grants. Kubernetes: the authorization filter, and what handlers ask beyond it.
struct DeclaredJudge {
    let request: RequestHead
    let attributes: RequestAttributes
    let grants: DeclaredGrants
    let gates: FeatureGates
    let owners: OwnerKinds
    let note: (String) -> Void

    func verdict() -> Verdict {
        if let impersonation = ImpersonationCheck(request.headers) {
            if let refused = impersonation.refusal(of: attributes, self) { return .answer(refused) }
            note("calls made as `\(impersonation.user)`: the cluster, not the manifests, said what that user may do")
            return .forward
        }
        guard isAllowed(attributes) else { return .answer(refusal(attributes)) }
        if let review = SelfReview(attributes) {
            let grants = grants
            return .body { review.answer($0, grants).map { .answer($0) } ?? .forward }
        }
        return furtherChecks()
    }

    func isAllowed(_ attributes: RequestAttributes) -> Bool { grants.access.decide(attributes).isAllowed }

    /// The server's refusal of a request, word for word.
    ///
    /// - Parameter reason: of who refuses; `nil` for what the authorizers say.
    func refusal(_ attributes: RequestAttributes, reason: String? = nil) -> LocalAnswer {
        LocalAnswer(
            StatusBody(
                Refusal(
                    request: attributes,
                    user: grants.user.name,
                    reason: reason ?? grants.access.decide(attributes).reason
                )
            )
        )
    }

    /// A refusal by somebody else than the authorizers, who names the object alone. Kubernetes: `errors.NewForbidden`.
    func forbidden(_ name: String, _ message: String) -> LocalAnswer {
        let group = attributes.group.isEmpty ? "" : ".\(attributes.group)"
        let object = name.isEmpty ? "" : " \(goQuoted(name))"
        return LocalAnswer(
            StatusBody(
                message: "\(attributes.resource)\(group)\(object) is forbidden: \(message)",
                reason: "Forbidden",
                code: 403,
                details: .init(name: name, group: attributes.group, kind: attributes.resource)
            )
        )
    }

    // MARK: - Beyond the first question

    private func furtherChecks() -> Verdict {
        if gates.asksForCreateOnExec, isConnection { return connection() }
        noteSigners()
        let owners = OwnerCheck(self)
        guard EscalationCheck.isAbout(attributes) else {
            return createsWhereMissing ? creation(then: owners.verdict()) : owners.verdict()
        }
        return .body { bytes in
            let verdict = EscalationCheck(self).verdict(bytes)
            guard case .forward = verdict else { return verdict }
            return createsWhereMissing ? creation(then: owners.verdict()) : owners.verdict()
        }
    }

    /// Apply and some PUTs create an object that is not there.
    var createsWhereMissing: Bool {
        guard attributes.subresource.isEmpty, !attributes.name.isEmpty else { return false }
        if attributes.verb == "patch" { return isApply }
        return attributes.verb == "update"
            && Self.createdOnUpdate.contains("\(attributes.resource).\(attributes.group)")
    }

    var isApply: Bool { contentType.hasPrefix("application/apply-patch") }
    var contentType: String { request.headers.first(name: "content-type")?.lowercased() ?? "" }

    /// Kubernetes: the storage strategies whose `AllowCreateOnUpdate` is true.
    private static let createdOnUpdate: Set<String> = [
        "services.", "endpoints.", "events.", "events.events.k8s.io", "limitranges.", "leases.coordination.k8s.io",
        "leasecandidates.coordination.k8s.io", "runtimeclasses.node.k8s.io", "roles.rbac.authorization.k8s.io",
        "clusterroles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io",
        "clusterrolebindings.rbac.authorization.k8s.io",
    ]

    /// The path of the object.
    var path: String { String(request.target.prefix { $0 != "?" }) }

    private func creation(then next: Verdict) -> Verdict {
        var create = attributes
        create.verb = "create"
        guard !isAllowed(create) else { return next }
        let denied = refusal(create)
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

    /// Kubernetes: `pkg/registry/core/pod/rest/subresources.go`.
    private var isConnection: Bool {
        attributes.verb == "get" && attributes.group.isEmpty && attributes.resource == "pods"
            && ["exec", "attach", "portforward"].contains(attributes.subresource)
    }

    private func connection() -> Verdict {
        var create = attributes
        create.verb = "create"
        let decision = grants.access.decide(create)
        return decision.isAllowed ? .forward : .answer(forbidden(attributes.name, decision.reason))
    }

    /// Kubernetes: the admission plugins CertificateApproval and CertificateSigning.
    private func noteSigners() {
        guard attributes.resource == "certificatesigningrequests", ["update", "patch"].contains(attributes.verb),
            ["approval", "status"].contains(attributes.subresource)
        else { return }
        note("whether the operator may \(attributes.subresource == "approval" ? "approve" : "sign") for the signer")
    }
}
