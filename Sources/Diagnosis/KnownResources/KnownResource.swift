/// A resource that is known to exist: built into the API server, defined by a CRD, or served by a cluster that was asked.
package struct KnownResource: Hashable, Sendable {
    /// How it is known, which says how sure its absence from a cluster is.
    package enum Origin: Hashable, Sendable {
        /// Served by kube-apiserver v1.36 as it comes.
        case builtIn
        /// Part of kube-apiserver v1.36, served only where an alpha or beta API is switched on.
        case optional
        /// Exists for authorization alone and is never served: `users`, `signers`.
        case authorizationOnly
        /// Defined by a CRD of the manifests.
        case crd
        /// Said by a cluster's discovery.
        case served
    }

    /// What is addressed below an object: `pods/log`.
    package struct Subresource: Hashable, Sendable {
        /// Without the resource: `log`.
        package var name: String
        /// The verbs that it answers to, in alphabetical order.
        package var verbs: [String]

        package init(name: String, verbs: [String]) {
            self.name = name
            self.verbs = verbs
        }
    }

    /// The API group; empty for the core group.
    package var group: String
    /// The preferred version first.
    package var versions: [String]
    /// The name that rules and URLs use.
    package var plural: String
    package var singular: String
    package var kind: String
    package var shortNames: [String]
    package var isNamespaced: Bool
    /// The verbs that it answers to, in alphabetical order. RBAC knows others (`bind`, `use`) that are never listed.
    package var verbs: [String]
    package var subresources: [Subresource]
    package var origin: Origin

    package init(
        group: String,
        versions: [String],
        plural: String,
        singular: String,
        kind: String,
        shortNames: [String] = [],
        isNamespaced: Bool,
        verbs: [String] = KnownResource.allVerbs,
        subresources: [Subresource] = [],
        origin: Origin
    ) {
        self.group = group
        self.versions = versions
        self.plural = plural
        self.singular = singular
        self.kind = kind
        self.shortNames = shortNames
        self.isNamespaced = isNamespaced
        self.verbs = verbs
        self.subresources = subresources
        self.origin = origin
    }

    /// The verbs of a resource that is stored in full, as every custom resource is.
    package static let allVerbs = [
        "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch",
    ]

    /// Whether requests to `PLURAL/NAME` can be authorized. `finalizers` exists for every resource, in authorization only:
    /// admission asks for it where an owner reference blocks deletion. `userextras/KEY` exists for every key.
    package func hasSubresource(_ name: String) -> Bool {
        name == "finalizers" || subresources.contains { $0.name == name }
            || (origin == .authorizationOnly && plural == "userextras" && !name.isEmpty)
    }

    /// `deployments.apps`, `pods`: as kubectl takes it.
    package var qualifiedName: String { group.isEmpty ? plural : "\(plural).\(group)" }
}
