import Diagnosis
import RBAC
import Traces

/// Nobody hands out what they do not hold. Kubernetes: `pkg/registry/rbac/{role,rolebinding}/policybased/storage.go`.
struct EscalationCheck {
    private let judge: DeclaredJudge
    private var attributes: RequestAttributes { judge.attributes }
    private var grants: DeclaredGrants { judge.grants }

    init(_ judge: DeclaredJudge) { self.judge = judge }

    private static let group = "rbac.authorization.k8s.io"

    /// Whether a request writes a role or a binding.
    static func isAbout(_ attributes: RequestAttributes) -> Bool {
        attributes.group == group && attributes.subresource.isEmpty
            && ["create", "update", "patch"].contains(attributes.verb)
            && ["roles", "clusterroles", "rolebindings", "clusterrolebindings"].contains(attributes.resource)
    }

    func verdict(_ bytes: [UInt8]) -> Verdict {
        if grants.user.groups.contains("system:masters") { return .forward }
        let isWhole = attributes.verb != "patch" || judge.isApply
        guard isWhole, let object = RBACObject(bytes, isBinding: attributes.resource.hasSuffix("bindings")) else {
            judge.note("whether a change of \(attributes.resource) hands out more than the operator holds")
            return .forward
        }
        return object.isBinding ? binding(object) : role(object)
    }

    private func role(_ object: RBACObject) -> Verdict {
        var escalate = attributes
        escalate.verb = "escalate"
        if judge.isAllowed(escalate) { return .forward }
        if let refused = covered(object.rules, object.name) { return refused }
        guard object.isAggregated, !isCovered(Self.everything) else { return .forward }
        return .answer(
            judge.forbidden(object.name, "must have cluster-admin privileges to use the aggregationRule")
        )
    }

    private static let everything = [
        PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"]), PolicyRule(verbs: ["*"], nonResourceURLs: ["*"]),
    ]

    private func binding(_ object: RBACObject) -> Verdict {
        let isClusterRole = object.roleKind == "ClusterRole"
        let bind = RequestAttributes(
            verb: "bind",
            group: Self.group,
            version: attributes.version,
            resource: isClusterRole ? "clusterroles" : "roles",
            namespace: attributes.namespace,
            name: object.roleName
        )
        if judge.isAllowed(bind) { return .forward }
        if let role = declaredRole(object) {
            return covered(role.rules.map(\.rule), object.name) ?? .forward
        }
        let place = isClusterRole ? "clusterroles" : "namespaces/\(attributes.namespace)/roles"
        return .lookUp("/apis/\(Self.group)/v1/\(place)/\(object.roleName)") { found in
            switch found {
            case .found(let bytes):
                guard let role = RBACObject(bytes, isBinding: false) else { return .forward }
                return covered(role.rules, object.name) ?? .forward
            case .missing: return .answer(noSuchRole(object.roleName))
            case .unknown:
                judge.note("whether the role \"\(object.roleName)\" that was bound holds more than the operator does")
                return .forward
            }
        }
    }

    /// The server says it as if a binding of the role's name was sought. Whoever may bind any role gets past this.
    private func noSuchRole(_ name: String) -> LocalAnswer {
        LocalAnswer(
            StatusBody(
                message: "\(attributes.resource).\(attributes.group) \(goQuoted(name)) not found",
                reason: "NotFound",
                code: 404,
                details: .init(name: name, group: attributes.group, kind: attributes.resource)
            )
        )
    }

    private func declaredRole(_ object: RBACObject) -> Role? {
        grants.policy.roles.first { role in
            role.kind.rawValue == object.roleKind && role.name == object.roleName
                && (role.kind == .clusterRole || role.namespace == attributes.namespace)
        }
    }

    /// The refusal, where rules are handed out that are not held.
    private func covered(_ wanted: [PolicyRule], _ name: String) -> Verdict? {
        let missing = uncovered(wanted)
        guard !missing.isEmpty else { return nil }
        var request = attributes
        request.verb = ""
        if request.name.isEmpty { request.name = name }
        return .answer(
            LocalAnswer(
                StatusBody(
                    Refusal(
                        kind: .escalation(missing: missing),
                        request: request,
                        user: grants.user.name,
                        groups: grants.user.groups
                    )
                )
            )
        )
    }

    private func isCovered(_ wanted: [PolicyRule]) -> Bool { uncovered(wanted).isEmpty }

    private func uncovered(_ wanted: [PolicyRule]) -> [PolicyRule] {
        RuleCoverage.uncovered(wanted, by: grants.access.rules(inNamespace: attributes.namespace))
    }
}
