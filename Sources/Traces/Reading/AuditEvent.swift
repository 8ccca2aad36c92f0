import RBAC
import Syntax

/// What an audit event says of permissions. Kubernetes: `k8s.io/apiserver/pkg/apis/audit` v1, v1beta1 and v1alpha1.
enum AuditEvent {
    /// Whether the event stands before authorization: nothing is decided yet, and whom the user impersonates is not known.
    static func isEarly(_ record: RawRecord) -> Bool { record[.stage]?.equals("RequestReceived") ?? false }

    /// What makes the event none of a permission, if anything does.
    static func skip(_ record: RawRecord) -> Skip? {
        if record.status == 401 { return .unauthenticated }
        guard record[.decision] == nil, record[.impersonatedUser] == nil, let message = record[.statusMessage] else {
            return nil
        }
        // The user is the one who wanted to impersonate; the event's own verb and resource were never judged.
        let text = message.string
        let isRefused = record.status == 403 && text.contains(" cannot impersonate")
        return isRefused || record.status == 400 && text.contains("without impersonating a user") ? .impersonation : nil
    }
}

extension ResolvedRecord {
    /// An audit event; `nil` where it names nothing.
    ///
    /// Name and namespace are the URL's, since `objectRef` is filled from the body, which authorization never saw; an
    /// informer's event may have no `objectRef` at all. Only where there is no URL does `objectRef` count.
    init?(event: RawRecord) {
        let verb = event.string(.verb)
        let user = event.filled(.impersonatedUser) ?? event.filled(.user)
        if let uri = event.filled(.requestURI) {
            guard let info = try? RequestInfo.resolve(method: Self.method(of: verb), url: uri.string),
                info.attributes.nonResourceURL != ""
            else { return nil }
            key = Requirement.Key(attributes: info.attributes, user: user?.string)
            isDryRun = info.isDryRun
            isInformer = info.isInformer
        } else if event.filled(.referenceResource) != nil {
            key = Requirement.Key(attributes: Self.reference(event), user: user?.string)
        } else {
            return nil
        }
        key.attributes.verb = verb
        if verb == "create", key.attributes.subresource.isEmpty { key.attributes.name = "" }
        userAgent = event.filled(.userAgent)?.string
    }

    private static func reference(_ event: RawRecord) -> RequestAttributes {
        var attributes = RequestAttributes(
            verb: event.string(.verb),
            group: event.string(.referenceGroup),
            version: event.string(.referenceVersion),
            resource: event.string(.referenceResource),
            subresource: event.string(.referenceSubresource),
            namespace: event.string(.referenceNamespace),
            name: event.string(.referenceName)
        )
        // v1alpha1 has no `apiGroup`: the group stands before the version.
        if attributes.group.isEmpty, let slash = attributes.version.firstIndex(of: "/") {
            attributes.group = String(attributes.version[..<slash])
            attributes.version = String(attributes.version[attributes.version.index(after: slash)...])
        }
        // Authorization of a deletecollection sees no name, whatever its selector says.
        if attributes.verb == "deletecollection" { attributes.name = "" }
        return attributes
    }

    /// A method that the resolver turns into this verb, so that it looks at the same parts of the URL.
    private static func method(of verb: String) -> String {
        switch verb {
        case "get", "list", "watch": "GET"
        case "create": "POST"
        case "update": "PUT"
        case "patch": "PATCH"
        case "delete", "deletecollection": "DELETE"
        default: "OPTIONS"
        }
    }
}
