/// How one rule answers one request, part by part: what a near miss missed.
///
/// Parts that the kind of request has no use for count as matching: `path` of a resource request, and group, resource
/// and name of a request to a path.
package struct RuleMatch: Hashable, Sendable {
    package var verb: Bool
    package var group: Bool
    package var resource: Bool
    /// Whether `resourceNames` is empty or has the request's name.
    package var name: Bool
    package var path: Bool

    package init(verb: Bool, group: Bool = true, resource: Bool = true, name: Bool = true, path: Bool = true) {
        self.verb = verb
        self.group = group
        self.resource = resource
        self.name = name
        self.path = path
    }

    /// Whether the rule grants the request: every part matches.
    package var isMatch: Bool { verb && group && resource && name && path }
}

extension PolicyRule {
    /// Compares every part of the rule with the request.
    ///
    /// Kubernetes: `RuleAllows` in `plugin/pkg/auth/authorizer/rbac/rbac.go`. All comparisons are of bytes.
    package func match(_ attributes: RequestAttributes) -> RuleMatch {
        if let path = attributes.nonResourceURL {
            return RuleMatch(verb: matches(verb: attributes.verb), path: matches(path: path))
        }
        return RuleMatch(
            verb: matches(verb: attributes.verb),
            group: matches(group: attributes.group),
            resource: matches(resource: attributes.resource, subresource: attributes.subresource),
            name: matches(name: attributes.name)
        )
    }

    /// Whether the rule grants the request.
    package func matches(_ attributes: RequestAttributes) -> Bool { match(attributes).isMatch }

    /// Kubernetes: `VerbMatches` in `pkg/apis/rbac/v1/evaluation_helpers.go`, as those below.
    package func matches(verb: String) -> Bool {
        verbs.contains { $0 == "*" || $0.isExactly(verb) }
    }

    /// Kubernetes: `APIGroupMatches`.
    package func matches(group: String) -> Bool {
        apiGroups.contains { $0 == "*" || $0.isExactly(group) }
    }

    /// Kubernetes: `ResourceMatches`. `*` covers subresources too, `pods` does not, and `*/log` is any resource's `log`.
    package func matches(resource: String, subresource: String) -> Bool {
        let wanted = subresource.isEmpty ? resource : "\(resource)/\(subresource)"
        return resources.contains { element in
            if element == "*" || element.isExactly(wanted) { return true }
            return !subresource.isEmpty && element.isExactly("*/\(subresource)")
        }
    }

    /// Kubernetes: `ResourceNameMatches`. A star is a name like any other.
    package func matches(name: String) -> Bool {
        resourceNames.isEmpty || resourceNames.containsExactly(name)
    }

    /// Kubernetes: `NonResourceURLMatches`. Trailing stars make a prefix of what stands before them.
    package func matches(path: String) -> Bool {
        nonResourceURLs.contains { Self.url($0, covers: path) }
    }

    /// Whether an element of `nonResourceURLs` takes in a path, or another element.
    package static func url(_ element: String, covers path: String) -> Bool {
        if element.isExactly(path) { return true }
        let star = UInt8(ascii: "*")
        guard element.utf8.last == star else { return false }
        let end = element.utf8.lastIndex { $0 != star }.map { element.utf8.index(after: $0) }
        return path.startsExactly(with: element.utf8[..<(end ?? element.utf8.startIndex)])
    }
}
