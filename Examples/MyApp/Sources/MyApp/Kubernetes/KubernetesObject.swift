/// A kind of object, with all that a request or a document says about it.
protocol KubernetesObject: Codable, Sendable {
    static var resource: ResourceType { get }
    var metadata: ObjectMeta { get set }
}

extension KubernetesObject {
    var key: ObjectKey { ObjectKey(namespace: metadata.namespace ?? "", name: metadata.name) }
}

/// Names an object of a known kind.
struct ObjectKey: Hashable, Sendable, CustomStringConvertible {
    var namespace: String
    var name: String

    var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
}

/// Where the API server serves a kind.
struct ResourceType: Sendable {
    /// Empty for the core group.
    var group: String
    var version: String
    var plural: String
    var kind: String

    var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// The path of a collection, or of an object in it. Without a namespace: in all namespaces.
    func path(namespace: String? = nil, name: String? = nil, subresource: String? = nil) -> String {
        var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if let namespace { path += "/namespaces/\(namespace)" }
        path += "/\(plural)"
        if let name { path += "/\(name)" }
        if let subresource { path += "/\(subresource)" }
        return path
    }

    func path(_ key: ObjectKey, subresource: String? = nil) -> String {
        path(namespace: key.namespace, name: key.name, subresource: subresource)
    }
}

/// Kubernetes: `metav1.ObjectMeta`, as far as this operator needs it.
struct ObjectMeta: Codable, Sendable {
    var name: String
    var namespace: String?
    var uid: String?
    var resourceVersion: String?
    var generation: Int?
    var labels: [String: String]?
    var finalizers: [String]?
    var ownerReferences: [OwnerReference]?
    var deletionTimestamp: String?
}

/// Kubernetes: `metav1.OwnerReference`.
struct OwnerReference: Codable, Equatable, Sendable {
    var apiVersion: String
    var kind: String
    var name: String
    var uid: String
    /// The one owner that manages the object.
    var controller: Bool?
    /// Setting this takes the right to update the owner's `finalizers` subresource, where the admission plugin
    /// OwnerReferencesPermissionEnforcement is on.
    var blockOwnerDeletion: Bool?
}

/// A document as it is sent: the object with its `apiVersion` and `kind`.
struct Document<Object: KubernetesObject>: Encodable {
    var object: Object

    private enum CodingKeys: String, CodingKey { case apiVersion, kind }

    func encode(to encoder: any Encoder) throws {
        try object.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Object.resource.apiVersion, forKey: .apiVersion)
        try container.encode(Object.resource.kind, forKey: .kind)
    }
}
