import Syntax

extension ManifestSet {
    /// Sorts objects into the set, with the names that the cluster will have.
    mutating func add(_ objects: [LoadedObject], _ files: LoadedFiles) {
        var asked: Set<String> = []
        for object in objects {
            if object.isAsked { asked.insert(object.range.file) }
            add(object)
        }
        // Of a file that was read for its names alone, nothing is to be said.
        warnings += files.warnings.filter { warning in
            warning.range.map { asked.contains($0.file) || files.texts[$0.file] == nil } ?? true
        }
        for (file, text) in files.texts where asked.contains(file) { texts[file] = text }
        readOnlyFiles.formUnion(files.readOnly)
    }

    private mutating func add(_ object: LoadedObject) {
        let identity = object.identity
        switch object.content {
        case .role(var role) where object.isAsked:
            role.identity = identity
            roles.append(role)
        case .binding(var binding) where object.isAsked:
            binding.identity = identity
            bindings.append(binding)
        case .serviceAccount where object.isAsked:
            serviceAccounts.append(ServiceAccountManifest(identity: identity, range: object.range))
        case .workload(let account, _):
            let workload = WorkloadManifest(identity: identity, serviceAccountName: account, range: object.range)
            if object.isAsked { workloads.append(workload) } else { contextWorkloads.append(workload) }
        case .crd(var crd):
            crd.identity = identity
            if object.isAsked { crds.append(crd) } else { contextCRDs.append(crd) }
        case .other where object.isAsked:
            skipped[identity.kind, default: 0] += 1
        default:
            return
        }
    }

    /// Leaves of each object the definition that counts, and of each warning one.
    mutating func finish() {
        keepLast(\.roles, \.identity, \.range)
        keepLast(\.bindings, \.identity, \.range)
        keepLast(\.serviceAccounts, \.identity, \.range)
        keepLast(\.workloads, \.identity, \.range)
        keepLast(\.crds, \.identity, \.range)
        let ranges = Set(workloads.map(\.range) + crds.map(\.range))
        contextWorkloads.removeAll { ranges.contains($0.range) }
        contextCRDs.removeAll { ranges.contains($0.range) }
        var seen: Set<ManifestWarning> = []
        warnings.removeAll { !seen.insert($0).inserted }
    }

    /// Of two objects of one name the later one stands, as after `kubectl apply`; a warning names both places. The same
    /// place read twice is no second definition.
    private mutating func keepLast<Item>(
        _ items: WritableKeyPath<ManifestSet, [Item]>,
        _ identity: KeyPath<Item, ObjectIdentity>,
        _ range: KeyPath<Item, SourceRange>
    ) {
        var last: [ObjectKey: Int] = [:]
        var kept = Set(self[keyPath: items].indices)
        for (index, item) in self[keyPath: items].enumerated() {
            let key = ObjectKey(item[keyPath: identity])
            guard let earlier = last.updateValue(index, forKey: key) else { continue }
            kept.remove(earlier)
            let place = self[keyPath: items][earlier][keyPath: range]
            guard place != item[keyPath: range] else { continue }
            warnings.append(
                ManifestWarning(
                    message: "the \(key.kind) `\(key.name)` is defined at \(place.file):\(place.start.line), too; "
                        + "this later one counts",
                    range: item[keyPath: range]
                )
            )
        }
        guard kept.count < self[keyPath: items].count else { return }
        self[keyPath: items] = self[keyPath: items].enumerated().filter { kept.contains($0.offset) }.map(\.element)
    }
}

/// What tells objects apart in a cluster.
private struct ObjectKey: Hashable {
    let kind: String
    let namespace: String
    let name: String

    init(_ identity: ObjectIdentity) {
        (kind, namespace, name) = (identity.kind, identity.namespace, identity.name)
    }
}
