import RBAC
import Syntax

/// An object as it was read, on its way through kustomize's renaming to the manifest set.
struct LoadedObject {
    enum Content {
        case role(RoleManifest)
        case binding(BindingManifest)
        case serviceAccount
        /// `isAccountNamed`: whether `serviceAccountName` is there, which kustomize renames (`serviceAccount` it does not).
        case workload(serviceAccountName: String, isAccountNamed: Bool)
        case crd(CRDManifest)
        /// What has no bearing on permissions but for its name, which a rule may mention.
        case other
    }

    /// Name and namespace as they are after the renaming so far; the ones inside `content` are set at the end.
    var identity: ObjectIdentity
    var content: Content
    var range: SourceRange
    var history = NameHistory()
    /// Whether it belongs to what the user named, and not to what only a kustomization around it lists.
    var isAsked = true

    /// Kinds without a namespace among those that kustomize tells apart here. Kubernetes: `kubectl api-resources`.
    static let clusterScopedKinds: Set<String> = [
        "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "Namespace", "Node", "PersistentVolume",
        "StorageClass", "PriorityClass", "IngressClass", "RuntimeClass", "VolumeAttachment", "CSIDriver", "CSINode",
        "APIService", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding", "CertificateSigningRequest", "FlowSchema", "PriorityLevelConfiguration",
    ]

    var isClusterScoped: Bool { Self.clusterScopedKinds.contains(identity.kind) }

    /// The namespace by which kustomize compares: none written means `default`. `nil` for cluster scope.
    var effectiveNamespace: String? {
        isClusterScoped ? nil : identity.namespace.isEmpty ? "default" : identity.namespace
    }
}

/// What an object was called before, innermost kustomization first.
///
/// kustomize keeps the same in annotations while it builds (`api/resource/resource.go`), and follows references by it.
struct NameHistory {
    struct Name: Hashable {
        /// `nil` for cluster scope.
        var namespace: String?
        var name: String
    }

    private(set) var names: [Name] = []
    private(set) var prefixes: [String] = []
    private(set) var suffixes: [String] = []

    mutating func remember(_ object: ObjectIdentity, namespace: String?) {
        names.append(Name(namespace: namespace, name: object.name))
    }

    mutating func add(prefix: String) { prefixes.append(prefix) }
    mutating func add(suffix: String) { suffixes.append(suffix) }

    func includes(name: String) -> Bool { names.contains { $0.name == name } }

    /// kustomize: `PrefixesSuffixesEquals`; with `orNone` an object without any affix goes with every other.
    func goes(with other: NameHistory, orNone: Bool) -> Bool {
        Self.sameEnd(prefixes, other.prefixes, orNone: orNone) && Self.sameEnd(suffixes, other.suffixes, orNone: orNone)
    }

    private static func sameEnd(_ one: [String], _ other: [String], orNone: Bool) -> Bool {
        if one.isEmpty || other.isEmpty { return orNone || one.isEmpty && other.isEmpty }
        return zip(one.reversed(), other.reversed()).allSatisfy(==)
    }
}
