package import Syntax

/// `RESOURCE[.GROUP][/SUB]`, as kubectl writes it; the subresource may also stand before the group.
package struct ResourceReference: Hashable, Sendable {
    package var resource: String
    /// `nil` where none is written.
    package var group: String?
    package var subresource: String

    /// - Parameter flag: whose value it is, for the error.
    /// - Throws: `InputError` where a part is empty.
    package init(_ text: String, flag: String) throws(InputError) {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let head = (halves.first ?? "").split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        resource = String(head.first ?? "")
        group = head.count > 1 ? String(head[1]) : nil
        subresource = halves.count > 1 ? String(halves[1]) : ""
        if group == nil, let dot = subresource.firstIndex(of: ".") {
            group = String(subresource[subresource.index(after: dot)...])
            subresource = String(subresource[..<dot])
        }
        let hasEmptyPart = resource.isEmpty || group?.isEmpty ?? false || halves.count > 1 && subresource.isEmpty
        guard !hasEmptyPart, !text.contains(where: \.isWhitespace) else {
            throw InputError(
                file: flag,
                message: "`\(text)` is no resource",
                hint: "write it so: secrets, deployments.apps, or deployments.apps/status"
            )
        }
    }

    /// The resource that is meant, by its plural and its group: as kubectl does it, a kind, a singular or a short name may
    /// stand for it. The core group where nothing is known of a resource without one.
    ///
    /// - Throws: `InputError` where several groups have the resource and the core group is none of them.
    package func resolved(_ lookup: ResourceLookup, flag: String) throws(InputError) -> (
        resource: String, group: String
    ) {
        if let other = lookup.otherName(resource, group) { return other }
        return (resource, try resolvedGroup(lookup, flag: flag))
    }

    private func resolvedGroup(_ lookup: ResourceLookup, flag: String) throws(InputError) -> String {
        if let group { return group }
        let groups = lookup.groups(resource)
        guard let only = groups.first, !groups.contains("") else { return "" }
        guard groups.count == 1 else {
            let names = groups.sorted().map { "`\(resource).\($0)`" }.joined(separator: ", ")
            throw InputError(file: flag, message: "`\(resource)` is in several groups", hint: "write one of \(names)")
        }
        return only
    }
}

/// What is known about resources, for whoever names one in short.
package struct ResourceLookup: Sendable {
    /// The groups that have a resource of this plural name; empty where it is not known.
    package var groups: @Sendable (_ resource: String) -> [String]
    /// Whether a resource lives in namespaces; `nil` where it is not known.
    package var isNamespaced: @Sendable (_ resource: String, _ group: String) -> Bool?
    /// The one resource that goes by a name which is no plural: a kind, a singular, a short name; in a group, or in any.
    package var otherName: @Sendable (_ name: String, _ group: String?) -> (resource: String, group: String)?

    package init(
        groups: @escaping @Sendable (_ resource: String) -> [String] = { _ in [] },
        isNamespaced: @escaping @Sendable (_ resource: String, _ group: String) -> Bool? = { _, _ in nil },
        otherName: @escaping @Sendable (_ name: String, _ group: String?) -> (resource: String, group: String)? = {
            _,
            _ in nil
        }
    ) {
        self.groups = groups
        self.isNamespaced = isNamespaced
        self.otherName = otherName
    }
}
