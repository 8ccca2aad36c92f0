package import RBAC

/// What authorization makes of one HTTP request.
package struct ResolvedRequest: Hashable, Sendable {
    package var attributes: RequestAttributes
    /// The raw selectors that authorizers see, of list, watch and deletecollection only; empty where there are none.
    package var fieldSelector: String
    package var labelSelector: String
    /// A list with `resourceVersion=0` or a watch with `sendInitialEvents=true`: an informer at its start, which needs
    /// the other verb of the pair as well.
    package var isInformer: Bool
    /// `dryRun=All` was asked for.
    package var isDryRun: Bool
}

/// Why the API server can't tell what a request is about.
package enum RequestError: Error, Hashable, Sendable {
    /// No HTTP server would take this request line (400).
    case invalidURL(String)
    /// The path ends at the legacy `watch` or `proxy` prefix (500).
    case nothingAfterPrefix(String)

    /// Lower case, no final period.
    package var message: String {
        switch self {
        case .invalidURL(let reason): "the path can't be read: \(reason)"
        case .nothingAfterPrefix(let word): "the path names no resource after `\(word)`"
        }
    }
}

/// From an HTTP request to request attributes, as kube-apiserver does it.
///
/// Kubernetes: `k8s.io/apiserver/pkg/endpoints/request.RequestInfoFactory` with the prefixes `api` (no group) and `apis`.
package enum RequestInfo {
    /// - Parameters:
    ///   - method: as sent; the resolver knows upper case only, as HTTP does.
    ///   - url: path and query as sent, or an absolute URL.
    package static func resolve(
        method: some StringProtocol,
        url: some StringProtocol
    ) throws(RequestError) -> ResolvedRequest {
        let target = try RequestURL(url)
        let slash = UInt8(ascii: "/")
        let trimmed = target.path.drop { $0 == slash }
        let end = trimmed.lastIndex { $0 != slash }.map { $0 + 1 } ?? trimmed.startIndex
        var parts = trimmed[..<max(end, trimmed.startIndex)].split(separator: slash, omittingEmptySubsequences: false)[
            ...
        ]

        guard parts.count >= 3, let prefix = parts.popFirst(), let group = takeGroup(after: prefix, &parts) else {
            let path = String(decoding: target.path, as: UTF8.self)
            return ResolvedRequest(attributes: RequestAttributes(verb: method.lowercased(), nonResourceURL: path))
        }
        return try resource(method, text(group), &parts, ListParameters(query: target.query))
    }

    /// The group, empty under `/api`; `nil` where the path is none of the API's resources.
    private static func takeGroup(
        after prefix: ArraySlice<UInt8>,
        _ parts: inout ArraySlice<ArraySlice<UInt8>>
    ) -> ArraySlice<UInt8>? {
        if prefix.elementsEqual("api".utf8) { return [] }
        guard prefix.elementsEqual("apis".utf8), parts.count >= 3 else { return nil }
        return parts.popFirst()
    }

    /// The rest of the path, from the version on.
    private static func resource(
        _ method: some StringProtocol,
        _ group: String,
        _ parts: inout ArraySlice<ArraySlice<UInt8>>,
        _ parameters: ListParameters
    ) throws(RequestError) -> ResolvedRequest {
        let version = text(parts.popFirst() ?? [])
        var verb = verb(of: method)
        let word = text(parts.first ?? [])
        let hasLegacyPrefix = word == "watch" || word == "proxy"
        if hasLegacyPrefix {
            guard parts.count >= 2 else { throw .nothingAfterPrefix(word) }
            verb = word
            parts.removeFirst()
        }
        var attributes = RequestAttributes(verb: verb, group: group, version: version, resource: "")
        if parts.first.map({ $0.elementsEqual("namespaces".utf8) }) == true, parts.count > 1 {
            attributes.namespace = text(parts[parts.startIndex + 1])
            // `status` and `finalize` are the subresources of a namespace; anything else is a resource in it.
            if parts.count > 2, !["status", "finalize"].contains(text(parts[parts.startIndex + 2])) {
                parts = parts.dropFirst(2)
            }
        }
        let names = parts.prefix(3).map(text)
        attributes.resource = names.first ?? ""
        if names.count > 1 { attributes.name = names[1] }
        if names.count > 2, verb != "proxy" { attributes.subresource = names[2] }
        return collection(attributes, parameters, hasLegacyPrefix: hasLegacyPrefix)
    }

    /// A request without a name is about a collection, and its parameters say more.
    private static func collection(
        _ attributes: RequestAttributes,
        _ parameters: ListParameters,
        hasLegacyPrefix: Bool
    ) -> ResolvedRequest {
        var result = ResolvedRequest(attributes: attributes, isDryRun: parameters.isDryRun)
        if attributes.name.isEmpty, attributes.verb == "get" {
            result.attributes.verb = parameters.isWatch ? "watch" : "list"
            if let name = parameters.exactName { result.attributes.name = name }
        } else if attributes.name.isEmpty, attributes.verb == "delete" {
            result.attributes.verb = "deletecollection"
        }
        let verb = result.attributes.verb
        if !hasLegacyPrefix, ["list", "watch", "deletecollection"].contains(verb) {
            result.fieldSelector = parameters.fieldSelector ?? ""
            result.labelSelector = parameters.labelSelector ?? ""
        }
        result.isInformer =
            verb == "list" && parameters.resourceVersion == "0" || verb == "watch" && parameters.asksForInitialEvents
        return result
    }

    private static func verb(of method: some StringProtocol) -> String {
        switch method {
        case "POST": "create"
        case "GET", "HEAD": "get"
        case "PUT": "update"
        case "PATCH": "patch"
        case "DELETE": "delete"
        default: ""
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension ResolvedRequest {
    package init(attributes: RequestAttributes, isDryRun: Bool = false) {
        self.init(
            attributes: attributes,
            fieldSelector: "",
            labelSelector: "",
            isInformer: false,
            isDryRun: isDryRun
        )
    }
}
