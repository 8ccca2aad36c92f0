package import RBAC

/// An HTTP request as the API server understands it.
package struct RequestInfo: Hashable, Sendable {
    package var attributes: RequestAttributes
    /// The raw selectors of a list, watch or deletecollection; empty elsewhere.
    package var fieldSelector: String
    package var labelSelector: String
    /// The path after the group version, split: resource, name, subresource and what follows.
    package var parts: [String]
    /// A list with `resourceVersion=0` or a watch with `sendInitialEvents=true`: only informers ask so.
    package var isInformer: Bool
    package var isDryRun: Bool

    /// A request that the API server answers with an error before any authorization.
    package struct Unresolvable: Error, Hashable {
        package var message: String
    }

    /// Resolves method and URL (path and query) exactly as the API server does.
    ///
    /// Kubernetes: `k8s.io/apiserver/pkg/endpoints/request/requestinfo.go`, `RequestInfoFactory.NewRequestInfo`, with
    /// the prefixes of kube-apiserver.
    ///
    /// - Throws: `Unresolvable` for a URL with a broken escape, and for a legacy `watch` or `proxy` prefix with nothing
    ///   behind it.
    package static func resolve(method: String, url: String) throws(Unresolvable) -> RequestInfo {
        let target = try RequestTarget(url)
        let path = target.path
        let parts = split(path)
        guard parts.count >= 3, parts[0] == "api" || parts[0] == "apis" else { return nonResource(method, path) }
        var rest = parts[1...]
        var group = ""
        if parts[0] == "apis" {
            guard parts.count >= 4 else { return nonResource(method, path) }
            group = parts[1]
            rest = parts[2...]
        }
        let version = rest.removeFirst()

        var attributes = RequestAttributes(verb: "", group: group, version: version, resource: "")
        var isLegacy = false
        if let prefix = rest.first, prefix == "watch" || prefix == "proxy" {
            guard rest.count > 1 else {
                throw Unresolvable(message: "unable to determine kind and namespace from url, \(path)")
            }
            attributes.verb = prefix
            isLegacy = true
            rest.removeFirst()
        } else {
            attributes.verb = verb(ofMethod: method)
        }
        if rest.first == "namespaces" {
            if rest.count > 1 {
                attributes.namespace = rest[rest.startIndex + 1]
                // `status` and `finalize` are subresources of the namespace itself.
                if rest.count > 2, !["status", "finalize"].contains(rest[rest.startIndex + 2]) {
                    rest = rest.dropFirst(2)
                }
            }
        }
        var info = RequestInfo(
            attributes: attributes,
            fieldSelector: "",
            labelSelector: "",
            parts: Array(rest),
            isInformer: false,
            isDryRun: target.query.first("dryRun") != nil
        )
        info.nameParts()
        info.applyCollectionRules(target.query, isLegacy: isLegacy)
        return info
    }

    private static func nonResource(_ method: String, _ path: String) -> RequestInfo {
        RequestInfo(
            attributes: RequestAttributes(verb: method.lowercased(), nonResourceURL: path),
            fieldSelector: "",
            labelSelector: "",
            parts: [],
            isInformer: false,
            isDryRun: false
        )
    }

    private mutating func nameParts() {
        if parts.count >= 1 { attributes.resource = parts[0] }
        if parts.count >= 2 { attributes.name = parts[1] }
        if parts.count >= 3, attributes.verb != "proxy" { attributes.subresource = parts[2] }
    }

    /// A `get` without a name is a list or a watch, a `delete` without one a deletecollection.
    private mutating func applyCollectionRules(_ query: RequestQuery, isLegacy: Bool) {
        if attributes.name.isEmpty, attributes.verb == "get" {
            let options = ListOptions(query)
            attributes.verb = options.isWatch ? "watch" : "list"
            attributes.name = options.exactName ?? ""
            isInformer = options.isWatch ? options.sendsInitialEvents : options.resourceVersion == "0"
        }
        if attributes.name.isEmpty, attributes.verb == "delete" { attributes.verb = "deletecollection" }
        if !isLegacy, ["list", "watch", "deletecollection"].contains(attributes.verb) {
            fieldSelector = query.first("fieldSelector") ?? ""
            labelSelector = query.first("labelSelector") ?? ""
        }
    }

    private static func verb(ofMethod method: String) -> String {
        switch method {
        case "POST": "create"
        case "GET", "HEAD": "get"
        case "PUT": "update"
        case "PATCH": "patch"
        case "DELETE": "delete"
        default: ""
        }
    }

    /// The segments of a path, slashes at both ends dropped; an empty one inside stays and shifts what follows.
    private static func split(_ path: String) -> [String] {
        var trimmed = path[...]
        while trimmed.hasPrefix("/") { trimmed.removeFirst() }
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        guard !trimmed.isEmpty else { return [] }
        return trimmed.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }
}
