import RBAC
import Syntax

/// Follows references from object to object after renaming: a binding's role and service accounts, a workload's service
/// account, names that a rule is restricted to.
///
/// kustomize: `api/filters/nameref/nameref.go`, with the fields of
/// `api/internal/konfig/builtinpluginconsts/namereference.go`.
struct NameReferences {
    private(set) var objects: [LoadedObject]
    private(set) var warnings: [ManifestWarning] = []

    init(_ objects: [LoadedObject]) { self.objects = objects }

    mutating func update() {
        for index in objects.indices {
            switch objects[index].content {
            case .binding(let binding): updateBinding(binding, index)
            case .workload(let name, isAccountNamed: true): updateWorkload(name, index)
            case .role(let role): updateRole(role, index)
            default: continue
            }
        }
    }

    private mutating func updateBinding(_ binding: BindingManifest, _ index: Int) {
        var binding = binding
        let candidates = reachable(from: index)
        let isRole = binding.roleRef.kind == "Role"
        if isRole ? binding.kind == .roleBinding : binding.roleRef.kind == "ClusterRole",
            binding.roleRef.apiGroup == ObjectReader.rbacGroup
        {
            let target = referral(to: binding.roleRef.name, kind: binding.roleRef.kind, from: index, among: candidates)
            if let target { binding.roleRef.name = objects[target].identity.name }
        }
        for position in binding.subjects.indices {
            let subject = binding.subjects[position]
            let inNamespace = of(namespace: subject.namespace, candidates)
            guard
                let target = referral(
                    to: subject.name,
                    kind: "ServiceAccount",
                    from: index,
                    among: inNamespace,
                    comparesNamespaces: true
                )
            else { continue }
            let identity = objects[target].identity
            if identity.name == subject.name, identity.namespace.isEmpty { continue }
            binding.subjects[position].name = identity.name
            if !identity.namespace.isEmpty { binding.subjects[position].namespace = identity.namespace }
        }
        objects[index].content = .binding(binding)
    }

    private mutating func updateWorkload(_ name: String, _ index: Int) {
        let target = referral(to: name, kind: "ServiceAccount", from: index, among: reachable(from: index))
        guard let target else { return }
        objects[index].content = .workload(serviceAccountName: objects[target].identity.name, isAccountNamed: true)
    }

    /// `resourceNames` of a rule follow config maps, secrets and, in a cluster role, volumes, whatever the rule's resource.
    private mutating func updateRole(_ role: RoleManifest, _ index: Int) {
        guard role.rules.contains(where: { !$0.rule.resourceNames.isEmpty }) else { return }
        var role = role
        let candidates = reachable(from: index)
        let kinds = ["ConfigMap", "Secret"] + (role.kind == .clusterRole ? ["PersistentVolume"] : [])
        for rule in role.rules.indices {
            for kind in kinds {
                for position in role.rules[rule].rule.resourceNames.indices {
                    let name = role.rules[rule].rule.resourceNames[position]
                    guard let target = referral(to: name, kind: kind, from: index, among: candidates) else { continue }
                    role.rules[rule].rule.resourceNames[position] = objects[target].identity.name
                }
            }
        }
        objects[index].content = .role(role)
    }

    // MARK: - Candidates

    /// Objects that this one could refer to: all of cluster scope, those of its namespace, and for a role binding those
    /// of its service accounts' namespaces. kustomize: `SubsetThatCouldBeReferencedByResource`.
    private func reachable(from index: Int) -> [Int] {
        let referrer = objects[index]
        guard let namespace = referrer.effectiveNamespace else { return Array(objects.indices) }
        var namespaces: Set<String> = []
        if case .binding(let binding) = referrer.content {
            namespaces = Set(binding.subjects.filter { $0.kind == "ServiceAccount" }.map(\.namespace))
            namespaces.remove("")
        }
        return objects.indices.filter { candidate in
            guard let other = objects[candidate].effectiveNamespace else { return true }
            return other == namespace || namespaces.contains(objects[candidate].identity.namespace)
        }
    }

    /// Those that were in a namespace before any renaming, else those that are in it now; all where none is named.
    private func of(namespace: String, _ candidates: [Int]) -> [Int] {
        if namespace.isEmpty { return candidates }
        let before = candidates.filter { index in
            let object = objects[index]
            guard let first = object.history.names.first else { return object.effectiveNamespace == namespace }
            return first.namespace == namespace
        }
        return before.isEmpty ? candidates.filter { objects[$0].effectiveNamespace == namespace } : before
    }

    /// The one object that a name meant before the renaming. kustomize: `selectReferral`.
    private mutating func referral(
        to name: String,
        kind: String,
        from index: Int,
        among candidates: [Int],
        comparesNamespaces: Bool = false
    ) -> Int? {
        let referrer = objects[index]
        var found = candidates.filter { candidate in
            let object = objects[candidate]
            guard object.identity.kind == kind, object.history.includes(name: name) else { return false }
            return kind == "ServiceAccount" || referrer.isClusterScoped || object.isClusterScoped
                || object.effectiveNamespace == referrer.effectiveNamespace
        }
        if found.count == 1 { return found[0] }
        found = found.filter { objects[$0].history.goes(with: referrer.history, orNone: true) }
        if found.count > 1 { found = found.filter { objects[$0].history.goes(with: referrer.history, orNone: false) } }
        guard found.count > 1 else { return found.first }
        let identities = found.map { objects[$0].identity }
        if Set(identities.map(\.name)).count == 1, !comparesNamespaces || Set(identities.map(\.namespace)).count == 1 {
            return found[0]
        }
        let names = identities.map { $0.namespace.isEmpty ? $0.name : "\($0.namespace)/\($0.name)" }
        warnings.append(
            ManifestWarning(
                message: "kustomize cannot tell which \(kind) `\(name)` means: \(names.joined(separator: ", "))",
                range: referrer.range
            )
        )
        return nil
    }
}
