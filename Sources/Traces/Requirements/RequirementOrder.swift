import RBAC

/// The one order in which requirements are listed, in reports and in files.
///
/// Resources before paths outside the API; then group (the core group first), resource, subresource, verb, namespace (all
/// namespaces first), name (none first, many last), version and user. Verbs stand as people say them: get, list, watch,
/// create, update, patch, delete, deletecollection, then the others by name.
extension Requirement.Key: Comparable {
    package static func < (lhs: Self, rhs: Self) -> Bool {
        let (left, right) = (lhs.attributes, rhs.attributes)
        if left.isResourceRequest != right.isResourceRequest { return left.isResourceRequest }
        if let isFirst = precedes(left.group, right.group) { return isFirst }
        if let isFirst = precedes(left.resource, right.resource) { return isFirst }
        if let isFirst = precedes(left.subresource, right.subresource) { return isFirst }
        if let isFirst = precedes(left.nonResourceURL ?? "", right.nonResourceURL ?? "") { return isFirst }
        if !left.verb.hasSameBytes(as: right.verb) { return VerbOrder.precedes(left.verb, right.verb) }
        if lhs.hasManyNamespaces != rhs.hasManyNamespaces { return rhs.hasManyNamespaces }
        if let isFirst = precedes(left.namespace, right.namespace) { return isFirst }
        if lhs.hasManyNames != rhs.hasManyNames { return rhs.hasManyNames }
        if let isFirst = precedes(left.name, right.name) { return isFirst }
        if let isFirst = precedes(left.version, right.version) { return isFirst }
        if (lhs.user == nil) != (rhs.user == nil) { return lhs.user == nil }
        return precedes(lhs.user ?? "", rhs.user ?? "") ?? false
    }

    /// Whether the first of two texts stands first, by their bytes; `nil` where they are the same.
    private static func precedes(_ left: String, _ right: String) -> Bool? {
        left.hasSameBytes(as: right) ? nil : left.precedesByBytes(right)
    }
}

/// The order in which people list verbs.
package enum VerbOrder {
    private static let usual = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]

    package static func precedes(_ left: String, _ right: String) -> Bool {
        switch (usual.firstIndex(of: left), usual.firstIndex(of: right)) {
        case (let left?, let right?): left < right
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): left.precedesByBytes(right)
        }
    }
}
