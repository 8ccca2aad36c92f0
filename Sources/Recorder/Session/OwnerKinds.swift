package import Diagnosis

/// From the kind of an owner to the resource that is asked about.
package struct OwnerKinds: Sendable {
    private let known: KnownResources

    /// - Parameter known: what is built in, and what the manifests define.
    package init(_ known: KnownResources) { self.known = known }

    func resource(of owner: BlockingOwner) -> (plural: String, isNamespaced: Bool) {
        let matches = known.named(owner.kind, group: owner.group)
        if let match = matches.first(where: { $0.resource.kind == owner.kind }) {
            return (match.resource.plural, match.resource.isNamespaced)
        }
        return (Self.guess(owner.kind), true)
    }

    /// Kubernetes: `meta.UnsafeGuessKindToResource`, which is right for nearly all kinds.
    static func guess(_ kind: String) -> String {
        let name = kind.lowercased()
        switch name.last {
        case "s": return name + "es"
        case "y": return name.dropLast() + "ies"
        default: return name + "s"
        }
    }
}
