import RBAC
import Syntax

/// A `kustomization.yaml`: what it lists and how it renames, as far as permissions are concerned.
///
/// kustomize: `api/types/kustomization.go`. What is not followed here and could change RBAC is a warning.
struct Kustomization {
    let resources: [(text: String, range: SourceRange)]
    private let namePrefix: String
    private let nameSuffix: String
    private let namespace: String?
    private let labels: [String: String]
    private let warnings: [ManifestWarning]

    static let fileNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

    /// The kustomization of a folder, if it has one.
    static func file(in folder: String) -> String? {
        fileNames.map { ManifestLoader.joined(folder, $0) }.first { FileAccess.kind(of: $0) == .file }
    }

    init(file: String, limits: YAMLLimits) throws(InputError) {
        let bytes = try FileAccess.read(file, limit: limits.bytes)
        guard let document = try YAMLParser.documents(bytes, file: file, limits: limits).first else {
            (resources, namePrefix, nameSuffix, namespace, labels, warnings) = ([], "", "", nil, [:], [])
            return
        }
        let fields = try document.fields("kustomization")
        let listed = try fields.strings("resources")
        let bases = try fields.strings("bases")
        resources = try listed + bases + fields.strings("components")
        namePrefix = try fields.optionalString("namePrefix") ?? ""
        nameSuffix = try fields.optionalString("nameSuffix") ?? ""
        namespace = try fields.optionalString("namespace").flatMap { (text: String) in text.isEmpty ? nil : text }
        var labels = try fields.stringMap("commonLabels")
        for item in try fields.value("labels")?.items("labels") ?? [] {
            labels.merge(try item.fields("labels").stringMap("pairs")) { $1 }
        }
        self.labels = labels
        warnings = Self.warnings(about: fields)
    }

    /// Features that can rewrite roles, bindings or service accounts. Patches that name another kind cannot.
    private static func warnings(about fields: Node.Mapping) -> [ManifestWarning] {
        var warnings: [ManifestWarning] = []
        for key in ["patches", "patchesJson6902"] {
            for item in fields.value(key)?.sequence?.items ?? [] where couldTouchRBAC(item) {
                warnings.append(
                    ManifestWarning(message: "kustomize's `\(key)` is not followed here", range: item.range)
                )
            }
        }
        let others = [
            "patchesStrategicMerge", "replacements", "transformers", "generators", "vars", "helmCharts",
            "helmChartInflationGenerator",
        ]
        for key in others {
            guard let node = fields.value(key), !(node.sequence?.items.isEmpty ?? false) else { continue }
            warnings.append(ManifestWarning(message: "kustomize's `\(key)` is not followed here", range: node.range))
        }
        return warnings
    }

    /// A patch whose target is named and is another kind leaves permissions alone.
    private static func couldTouchRBAC(_ patch: Node) -> Bool {
        let kinds: Set<String> = [
            "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ServiceAccount", "Deployment", "StatefulSet",
            "DaemonSet", "Job", "CronJob",
        ]
        if let target = patch.mapping?.value("target")?.mapping {
            guard let kind = target.value("kind")?.scalar?.text else { return true }
            // The scaffold patches its Deployment's arguments and certificates; the account is what would matter.
            if kind == "Deployment" { return mentionsAccount(patch) }
            return kinds.contains(kind)
        }
        guard let text = patch.mapping?.value("patch")?.scalar?.text else { return true }
        return kinds.contains { text.contains("kind: \($0)\n") }
            && (!text.contains("kind: Deployment") || mentionsAccount(patch))
    }

    private static func mentionsAccount(_ patch: Node) -> Bool {
        patch.mapping?.value("patch")?.scalar.map { $0.text.contains("serviceAccount") } ?? false
    }

    // MARK: - What it does to objects

    /// The objects with the names and namespaces that this kustomization gives them, references included.
    func applied(to objects: ManifestSet) throws(InputError) -> ManifestSet {
        var set = objects
        let renamed = Renamed(objects, rename: rename)
        for index in set.roles.indices {
            set.roles[index].identity = renamedIdentity(set.roles[index].identity)
            set.roles[index].labels.merge(labels) { $1 }
        }
        for index in set.bindings.indices {
            let namespaceBefore = set.bindings[index].identity.namespace
            set.bindings[index].identity = renamedIdentity(set.bindings[index].identity)
            let reference = set.bindings[index].roleRef
            if renamed.has(role: reference) { set.bindings[index].roleRef.name = rename(reference.name) }
            for subject in set.bindings[index].subjects.indices {
                relocate(&set.bindings[index].subjects[subject], namespaceBefore, renamed)
            }
        }
        for index in set.serviceAccounts.indices {
            set.serviceAccounts[index].identity = renamedIdentity(set.serviceAccounts[index].identity)
        }
        for index in set.workloads.indices {
            let account = set.workloads[index].serviceAccountName
            if renamed.has(account: account) { set.workloads[index].serviceAccountName = rename(account) }
            set.workloads[index].identity = renamedIdentity(set.workloads[index].identity)
        }
        set.kustomizeNamespace = namespace ?? set.kustomizeNamespace
        set.warnings += warnings
        return set
    }

    private func rename(_ name: String) -> String { namePrefix + name + nameSuffix }

    private func renamedIdentity(_ identity: ObjectIdentity) -> ObjectIdentity {
        var identity = identity
        identity.name = rename(identity.name)
        let isClusterScoped = ["ClusterRole", "ClusterRoleBinding"].contains(identity.kind)
        if let namespace, !isClusterScoped { identity.namespace = namespace }
        return identity
    }

    /// kustomize renames a subject that refers to a service account of its resources, and moves it, and one named
    /// `default`, to its namespace (`api/filters/namespace/namespace.go`).
    private func relocate(_ subject: inout Subject, _ bindingNamespace: String, _ renamed: Renamed) {
        guard subject.kind == "ServiceAccount" else { return }
        let isOurs = renamed.has(account: subject.name, namespace: subject.namespace, bindingNamespace)
        if let namespace, isOurs || subject.name == "default" { subject.namespace = namespace }
        if isOurs { subject.name = rename(subject.name) }
    }

    /// Which names belong to objects of this kustomization, and so change with them.
    private struct Renamed {
        private let roles: Set<String>
        private let accounts: [String: Set<String>]

        init(_ objects: ManifestSet, rename: (String) -> String) {
            roles = Set(objects.roles.map { "\($0.kind.rawValue)/\($0.identity.name)" })
            var accounts: [String: Set<String>] = [:]
            for account in objects.serviceAccounts {
                accounts[account.identity.name, default: []].insert(account.identity.namespace)
            }
            self.accounts = accounts
        }

        func has(role reference: RoleRef) -> Bool { roles.contains("\(reference.kind)/\(reference.name)") }

        func has(account name: String) -> Bool { accounts[name] != nil }

        /// A subject's namespace must be the account's, or be left open on one side (`system`, as the scaffold writes,
        /// is what its namespace is called before kustomize names it).
        func has(account name: String, namespace: String, _ bindingNamespace: String) -> Bool {
            guard let namespaces = accounts[name] else { return false }
            let namespace = namespace.isEmpty ? bindingNamespace : namespace
            return namespaces.contains(namespace) || namespaces.contains("") || namespace.isEmpty
        }
    }

    // MARK: - Who lists a folder

    /// The kustomizations that give the objects of a folder their final names, innermost first: one beside it
    /// (`config/default` for `config/rbac`) that lists it.
    static func wrappers(of folder: String) -> [String] {
        let parent = ManifestLoader.joined(folder, "..")
        let canonical = FileAccess.canonical(folder)
        guard let names = try? FileAccess.names(in: parent.isEmpty ? "." : parent) else { return [] }
        for name in names.sorted(by: { ($0 == "default" ? 0 : 1, $0) < ($1 == "default" ? 0 : 1, $1) }) {
            let sibling = ManifestLoader.joined(parent.isEmpty ? "." : parent, name)
            guard FileAccess.kind(of: sibling) == .folder, FileAccess.canonical(sibling) != canonical,
                let file = file(in: sibling), let kustomization = try? Kustomization(file: file, limits: .default)
            else { continue }
            let listed = kustomization.resources.map { FileAccess.canonical(ManifestLoader.joined(sibling, $0.text)) }
            if listed.contains(canonical) { return [file] }
        }
        return []
    }
}
