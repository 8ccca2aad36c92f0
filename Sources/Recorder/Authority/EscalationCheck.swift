import Diagnosis
import RBAC
import Traces

/// Nobody hands out what they do not hold. Kubernetes: `pkg/registry/rbac/{role,rolebinding}/policybased/storage.go`.
struct EscalationCheck {
    private let attributes: RequestAttributes
    private let grants: DeclaredGrants
    private let contentType: String

    init(_ attributes: RequestAttributes, _ grants: DeclaredGrants, _ contentType: String?) {
        self.attributes = attributes
        self.grants = grants
        self.contentType = contentType ?? ""
    }

    private static let group = "rbac.authorization.k8s.io"

    /// Whether a request writes a role or a binding.
    static func isAbout(_ attributes: RequestAttributes) -> Bool {
        attributes.group == group && attributes.subresource.isEmpty
            && ["create", "update", "patch"].contains(attributes.verb)
            && ["roles", "clusterroles", "rolebindings", "clusterrolebindings"].contains(attributes.resource)
    }

    func verdict(_ bytes: [UInt8], note: @escaping (String) -> Void) -> Verdict {
        let isWhole = attributes.verb != "patch" || contentType.hasPrefix("application/apply-patch")
        guard isWhole, let object = RBACObject(bytes) else {
            note("whether a change of \(attributes.resource) hands out more than the operator holds")
            return .forward
        }
        return attributes.resource.hasSuffix("bindings") ? binding(object, note) : role(object)
    }

    private func role(_ object: RBACObject) -> Verdict {
        var escalate = attributes
        escalate.verb = "escalate"
        if grants.access.decide(escalate).isAllowed { return .forward }
        return covered(object.rules, object.name) ?? .forward
    }

    private func binding(_ object: RBACObject, _ note: @escaping (String) -> Void) -> Verdict {
        let isClusterRole = object.roleKind == "ClusterRole"
        let bind = RequestAttributes(
            verb: "bind",
            group: Self.group,
            version: attributes.version,
            resource: isClusterRole ? "clusterroles" : "roles",
            namespace: attributes.namespace,
            name: object.roleName
        )
        if grants.access.decide(bind).isAllowed { return .forward }
        let check = self
        if let role = declaredRole(object) {
            return covered(role.rules.map(\.rule), object.name) ?? .forward
        }
        let place = isClusterRole ? "clusterroles" : "namespaces/\(attributes.namespace)/roles"
        return .lookUp("/apis/\(Self.group)/v1/\(place)/\(object.roleName)") { found in
            switch found {
            case .found(let bytes):
                guard let role = RBACObject(bytes) else { return .forward }
                return check.covered(role.rules, object.name) ?? .forward
            // The server says so itself.
            case .missing: return .forward
            case .unknown:
                note("whether the role \"\(object.roleName)\" that was bound holds more than the operator does")
                return .forward
            }
        }
    }

    private func declaredRole(_ object: RBACObject) -> Role? {
        grants.policy.roles.first { role in
            role.kind.rawValue == object.roleKind && role.name == object.roleName
                && (role.kind == .clusterRole || role.namespace == attributes.namespace)
        }
    }

    /// The refusal, where rules are handed out that are not held.
    private func covered(_ wanted: [PolicyRule], _ name: String) -> Verdict? {
        let held = grants.access.rules(inNamespace: attributes.namespace)
        let missing = RuleCoverage.uncovered(wanted, by: held)
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
}
