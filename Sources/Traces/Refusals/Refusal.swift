package import RBAC

/// One refusal of an API server, as its message tells it.
///
/// The message and this say the same: `message` writes the server's text byte for byte, `RefusalText` reads it back.
package struct Refusal: Hashable, Sendable {
    /// What refused, which decides whether a role can mend it.
    package enum Kind: Hashable, Sendable {
        /// An authorizer: `User "u" cannot list resource "pods" …`.
        case authorization
        /// The storage of roles and bindings: these rules are handed out and not held.
        case escalation(missing: [PolicyRule])
    }

    package var kind: Kind
    /// What was asked. For `.escalation` the verb is not told and is empty.
    package var request: RequestAttributes
    /// Empty where the text names nobody.
    package var user: String
    /// Told by an escalation alone.
    package var groups: [String]
    /// What the authorizers gave as the reason, without the colon before it; may hold several lines.
    package var reason: String

    package init(
        kind: Kind = .authorization,
        request: RequestAttributes,
        user: String,
        groups: [String] = [],
        reason: String = ""
    ) {
        self.kind = kind
        self.request = request
        self.user = user
        self.groups = groups
        self.reason = reason
    }
}

extension Refusal {
    /// The rules of an escalation that are handed out and not held; none in any other refusal.
    package var missing: [PolicyRule] {
        if case .escalation(let missing) = kind { missing } else { [] }
    }

    /// The `message` of the API server's 403, byte for byte.
    ///
    /// Kubernetes: `responsewriters.ForbiddenStatusError`, `errors.NewForbidden`, `rbac/validation.ConfirmNoEscalation`.
    package var message: String {
        var values = FieldValues(self)
        values[.object] = request.name
        return RefusalForm.prefix(of: request).write(values) + RefusalForm.current(for: self).write(values)
            + (reason.isEmpty ? "" : separator + reason)
    }

    /// What stands between the server's sentence and the reason.
    private var separator: String {
        if case .escalation = kind { "; " } else { ": " }
    }
}
