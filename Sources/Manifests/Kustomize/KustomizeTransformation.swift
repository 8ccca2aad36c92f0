import RBAC

/// What one kustomization does to the objects that it has gathered, in kustomize's order: namespace, prefix, suffix,
/// labels.
///
/// kustomize: `configureBuiltinTransformers` in `api/internal/target/kusttarget_configplugin.go`.
struct KustomizeTransformation {
    private let kustomization: Kustomization

    init(_ kustomization: Kustomization) { self.kustomization = kustomization }

    func apply(to objects: inout [LoadedObject]) {
        for index in objects.indices {
            setNamespace(&objects[index])
            addAffix(&objects[index])
            addLabels(&objects[index])
        }
    }

    /// kustomize: `api/filters/namespace/namespace.go`. Of a binding's subjects, only the ones named `default` are moved
    /// so; the others follow the service account that they refer to.
    private func setNamespace(_ object: inout LoadedObject) {
        let namespace = kustomization.namespace
        guard !namespace.isEmpty else { return }
        object.history.remember(object.identity, namespace: object.effectiveNamespace)
        if !object.isClusterScoped { object.identity.namespace = namespace }
        if object.identity.kind == "Namespace" { object.identity.name = namespace }
        if case .binding(var binding) = object.content {
            for index in binding.subjects.indices where binding.subjects[index].name == "default" {
                binding.subjects[index].namespace = namespace
            }
            object.content = .binding(binding)
        }
    }

    /// What is named after something else keeps its name. kustomize: `prefixFieldSpecsToSkip`.
    private static let unprefixed: Set<String> = ["CustomResourceDefinition", "APIService", "Namespace"]

    private func addAffix(_ object: inout LoadedObject) {
        guard !Self.unprefixed.contains(object.identity.kind) else { return }
        if !kustomization.namePrefix.isEmpty {
            object.history.remember(object.identity, namespace: object.effectiveNamespace)
            object.history.add(prefix: kustomization.namePrefix)
            object.identity.name = kustomization.namePrefix + object.identity.name
        }
        if !kustomization.nameSuffix.isEmpty {
            object.history.remember(object.identity, namespace: object.effectiveNamespace)
            object.history.add(suffix: kustomization.nameSuffix)
            object.identity.name += kustomization.nameSuffix
        }
    }

    /// Labels matter where a cluster role is collected by another.
    private func addLabels(_ object: inout LoadedObject) {
        guard case .role(var role) = object.content else { return }
        for labels in kustomization.labels { role.labels.merge(labels) { $1 } }
        object.content = .role(role)
    }
}
