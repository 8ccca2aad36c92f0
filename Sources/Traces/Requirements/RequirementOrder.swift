import RBAC

/// The one order in which requirements are listed, in reports and in files.
///
/// Resources before paths outside the API; then group (the core group first), resource, subresource, verb, namespace (all
/// namespaces first), name (none first, many last), version and user. Verbs stand as people say them: get, list, watch,
/// create, update, patch, delete, deletecollection, then the others by name.
extension Requirement.Key: Comparable {
    // Members are looked at in place: a copy of both sides would cost more than the comparison.
    package static func < (lhs: Self, rhs: Self) -> Bool {
        if lhs.attributes.isResourceRequest != rhs.attributes.isResourceRequest {
            return lhs.attributes.isResourceRequest
        }
        if let order = isBefore(lhs.attributes.group, rhs.attributes.group) { return order }
        if let order = isBefore(lhs.attributes.resource, rhs.attributes.resource) { return order }
        if let order = isBefore(lhs.attributes.subresource, rhs.attributes.subresource) { return order }
        if let order = isBefore(lhs.attributes.nonResourceURL ?? "", rhs.attributes.nonResourceURL ?? "") {
            return order
        }
        if !lhs.attributes.verb.hasSameBytes(as: rhs.attributes.verb) {
            return VerbOrder.precedes(lhs.attributes.verb, rhs.attributes.verb)
        }
        if lhs.hasManyNamespaces != rhs.hasManyNamespaces { return rhs.hasManyNamespaces }
        if let order = isBefore(lhs.attributes.namespace, rhs.attributes.namespace) { return order }
        if lhs.hasManyNames != rhs.hasManyNames { return rhs.hasManyNames }
        if let order = isBefore(lhs.attributes.name, rhs.attributes.name) { return order }
        if let order = isBefore(lhs.attributes.version, rhs.attributes.version) { return order }
        if let order = isBefore(lhs.user ?? "", rhs.user ?? "") { return order }
        return lhs.user == nil && rhs.user != nil
    }

    /// By their bytes, as Kubernetes tells names apart; `nil` for the same.
    private static func isBefore(_ left: String, _ right: String) -> Bool? {
        let order = left.byteOrder(to: right)
        return order == 0 ? nil : order < 0
    }
}

extension Requirement.Key {
    /// Appends bytes that are in the order of keys: of many keys they are quicker to compare than the keys themselves.
    func appendOrder(to bytes: inout [UInt8]) {
        // A text ends with a zero, the least of all bytes, so that one in it, which no name has, is written as two others.
        func append(_ text: String) {
            var text = text
            text.withUTF8 { content in
                for byte in content {
                    if byte > 1 {
                        bytes.append(byte)
                    } else {
                        bytes.append(1)
                        bytes.append(byte + 1)
                    }
                }
            }
            bytes.append(0)
        }
        bytes.append(attributes.isResourceRequest ? 0 : 1)
        append(attributes.group)
        append(attributes.resource)
        append(attributes.subresource)
        append(attributes.nonResourceURL ?? "")
        bytes.append(UInt8(truncatingIfNeeded: VerbOrder.place(attributes.verb)))
        append(attributes.verb)
        bytes.append(hasManyNamespaces ? 1 : 0)
        append(attributes.namespace)
        bytes.append(hasManyNames ? 1 : 0)
        append(attributes.name)
        append(attributes.version)
        append(user ?? "")
        bytes.append(user == nil ? 0 : 1)
    }
}

/// The order in which people list verbs.
package enum VerbOrder {
    private static let usual = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]

    package static func precedes(_ left: String, _ right: String) -> Bool {
        let places = (place(left), place(right))
        return places.0 == places.1 ? left.precedesByBytes(right) : places.0 < places.1
    }

    /// Where people say a verb; behind all others where it is none of the usual ones.
    fileprivate static func place(_ verb: String) -> Int {
        usual.firstIndex { $0.hasSameBytes(as: verb) } ?? usual.count
    }
}
