/// What one request asks of the API server, as its authorizers see it.
///
/// A request is either about a resource or about a path outside the API (`nonResourceURL`); that alone decides which
/// half of a rule is looked at. Kubernetes: `k8s.io/apiserver/pkg/authorization/authorizer.Attributes`.
package struct RequestAttributes: Hashable, Sendable {
    /// The authorization verb (`list`, `deletecollection`, `use`, …), or the lower-cased HTTP method of a request
    /// outside the API. Empty for `OPTIONS` on a resource.
    package var verb: String
    /// The API group; empty for the core group.
    package var group: String
    /// The API version, or empty when it is not known. RBAC never looks at it; discovery does.
    package var version: String
    /// The plural resource name; empty in a request outside the API.
    package var resource: String
    /// The subresource without its resource: `status`, `log`; empty for the resource itself.
    package var subresource: String
    /// The namespace; empty for all namespaces and for resources of cluster scope.
    package var namespace: String
    /// The object's name as authorization sees it; empty where the request names none.
    package var name: String
    /// The path of a request outside the API, or `nil` for a resource request.
    package var nonResourceURL: String?

    /// Attributes of a resource request.
    package init(
        verb: String,
        group: String = "",
        version: String = "",
        resource: String,
        subresource: String = "",
        namespace: String = "",
        name: String = ""
    ) {
        self.verb = verb
        self.group = group
        self.version = version
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
        self.nonResourceURL = nil
    }

    /// Attributes of a request to a path outside the API, such as `/metrics`.
    package init(verb: String, nonResourceURL: String) {
        self.init(verb: verb, resource: "")
        self.nonResourceURL = nonResourceURL
    }

    /// Compares bytes, as the API server does.
    package static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.verb.hasSameBytes(as: rhs.verb) && lhs.resource.hasSameBytes(as: rhs.resource)
            && lhs.group.hasSameBytes(as: rhs.group) && lhs.namespace.hasSameBytes(as: rhs.namespace)
            && lhs.name.hasSameBytes(as: rhs.name) && lhs.subresource.hasSameBytes(as: rhs.subresource)
            && lhs.version.hasSameBytes(as: rhs.version)
            && lhs.nonResourceURL.hasSameBytes(as: rhs.nonResourceURL)
    }

    /// Of what tells most requests apart; the rest is compared.
    package func hash(into hasher: inout Hasher) {
        verb.hashBytes(into: &hasher)
        resource.hashBytes(into: &hasher)
        namespace.hashBytes(into: &hasher)
        name.hashBytes(into: &hasher)
        nonResourceURL?.hashBytes(into: &hasher)
    }

    /// Whether this is about a resource rather than about a path outside the API.
    package var isResourceRequest: Bool { nonResourceURL == nil }

    /// `pods`, or `pods/log`: the resource as rules write it.
    package var qualifiedResource: String {
        subresource.isEmpty ? resource : "\(resource)/\(subresource)"
    }
}
