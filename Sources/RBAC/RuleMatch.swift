/// How one rule answers one request, part by part; the near misses are what a diagnosis is made of.
package struct RuleMatch: Hashable, Sendable {
    package var verb: Bool
    package var group: Bool
    package var resource: Bool
    package var name: Bool
    /// Of a request outside the API; for a resource request always true, as the other three are for such a path.
    package var path: Bool

    /// Whether the rule grants the request: all parts must hold in this one rule.
    package var isComplete: Bool { verb && group && resource && name && path }
}

extension PolicyRule {
    /// Whether this rule alone grants the request. Kubernetes: `rbac.RuleAllows`.
    package func matches(_ request: RequestAttributes) -> Bool {
        guard let path = request.nonResourceURL else {
            return allowsVerb(request.verb) && allowsGroup(request.group)
                && allowsResource(request.resource, subresource: request.subresource) && allowsName(request.name)
        }
        return allowsVerb(request.verb) && allowsPath(path)
    }

    /// Every part's answer, whatever the others say.
    package func match(_ request: RequestAttributes) -> RuleMatch {
        guard let path = request.nonResourceURL else {
            return RuleMatch(
                verb: allowsVerb(request.verb),
                group: allowsGroup(request.group),
                resource: allowsResource(request.resource, subresource: request.subresource),
                name: allowsName(request.name),
                path: true
            )
        }
        return RuleMatch(
            verb: allowsVerb(request.verb),
            group: true,
            resource: true,
            name: true,
            path: allowsPath(path)
        )
    }

    /// Kubernetes: `rbac/v1.VerbMatches`.
    package func allowsVerb(_ verb: String) -> Bool {
        verbs.contains { $0.isStar || $0.hasSameBytes(as: verb) }
    }

    /// Kubernetes: `rbac/v1.APIGroupMatches`.
    package func allowsGroup(_ group: String) -> Bool {
        apiGroups.contains { $0.isStar || $0.hasSameBytes(as: group) }
    }

    /// Kubernetes: `rbac/v1.ResourceMatches`. `*` covers subresources, a plain resource never does, and `*/S` covers
    /// that subresource of any resource.
    package func allowsResource(_ resource: String, subresource: String) -> Bool {
        resources.contains { Self.pattern($0, covers: resource, subresource: subresource) }
    }

    /// Kubernetes: `rbac/v1.ResourceNameMatches`. Without names every name is allowed; `*` is a literal here.
    package func allowsName(_ name: String) -> Bool {
        resourceNames.isEmpty || resourceNames.contains { $0.hasSameBytes(as: name) }
    }

    /// Kubernetes: `rbac/v1.NonResourceURLMatches`.
    package func allowsPath(_ path: String) -> Bool {
        nonResourceURLs.contains { Self.pathPattern($0, covers: path) }
    }

    /// Whether one entry of `resources` covers a resource or subresource.
    package static func pattern(_ pattern: String, covers resource: String, subresource: String) -> Bool {
        if pattern.isStar { return true }
        let text = pattern.utf8
        guard !subresource.isEmpty else { return pattern.hasSameBytes(as: resource) }
        // `R/S` against the request's parts, without building that string.
        let plain = resource.utf8.count
        if text.count == plain + 1 + subresource.utf8.count, text.starts(with: resource.utf8) {
            let rest = text.dropFirst(plain)
            if rest.first == UInt8(ascii: "/"), rest.dropFirst().elementsEqual(subresource.utf8) { return true }
        }
        return text.count == subresource.utf8.count + 2 && text.starts(with: "*/".utf8)
            && text.dropFirst(2).elementsEqual(subresource.utf8)
    }

    /// Whether one entry of `nonResourceURLs` covers a path: exactly, or by prefix where it ends in stars.
    package static func pathPattern(_ pattern: String, covers path: String) -> Bool {
        if pattern.hasSameBytes(as: path) { return true }
        guard let prefix = prefix(ofPathPattern: pattern) else { return false }
        return path.utf8.starts(with: prefix)
    }

    /// What stands before the trailing stars of an entry of `nonResourceURLs`; `nil` where it ends in none.
    static func prefix(ofPathPattern pattern: String) -> Substring.UTF8View? {
        guard pattern.utf8.last == UInt8(ascii: "*") else { return nil }
        var prefix = pattern[...].utf8
        while prefix.last == UInt8(ascii: "*") { prefix.removeLast() }
        return prefix
    }
}
