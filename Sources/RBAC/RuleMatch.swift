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
        return RuleMatch(verb: allowsVerb(request.verb), group: true, resource: true, name: true, path: allowsPath(path))
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
        if pattern.isStar || pattern.hasSameBytes(as: path) { return true }
        guard pattern.utf8.last == UInt8(ascii: "*") else { return false }
        var prefix = pattern.utf8[...]
        while prefix.last == UInt8(ascii: "*") { prefix.removeLast() }
        return path.utf8.starts(with: prefix)
    }
}

extension String {
    /// Equality as Go has it. Swift's own `==` also takes canonically equivalent texts for equal, the API server does
    /// not.
    @inline(__always)
    package func hasSameBytes(as other: String) -> Bool {
        let (left, right) = (utf8, other.utf8)
        guard left.count == right.count else { return false }
        let answer = left.withContiguousStorageIfAvailable { left in
            right.withContiguousStorageIfAvailable { right in
                for index in left.indices where left[index] != right[index] { return false }
                return true
            }
        }
        return (answer ?? nil) ?? left.elementsEqual(right)
    }

    @inline(__always)
    package var isStar: Bool { utf8.count == 1 && utf8.first == UInt8(ascii: "*") }
}

/// A text as a dictionary key that compares bytes.
package struct ByteKey: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.text.hasSameBytes(as: rhs.text) }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
