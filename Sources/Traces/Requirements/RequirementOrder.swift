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
        if left.group != right.group { return left.group < right.group }
        if left.resource != right.resource { return left.resource < right.resource }
        if left.subresource != right.subresource { return left.subresource < right.subresource }
        let (leftURL, rightURL) = (left.nonResourceURL ?? "", right.nonResourceURL ?? "")
        if leftURL != rightURL { return leftURL < rightURL }
        if left.verb != right.verb { return VerbOrder.precedes(left.verb, right.verb) }
        if lhs.hasManyNamespaces != rhs.hasManyNamespaces { return rhs.hasManyNamespaces }
        if left.namespace != right.namespace { return left.namespace < right.namespace }
        if lhs.hasManyNames != rhs.hasManyNames { return rhs.hasManyNames }
        if left.name != right.name { return left.name < right.name }
        if left.version != right.version { return left.version < right.version }
        return (lhs.user ?? "", lhs.user == nil ? 0 : 1) < (rhs.user ?? "", rhs.user == nil ? 0 : 1)
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
        case (nil, nil): left < right
        }
    }
}
