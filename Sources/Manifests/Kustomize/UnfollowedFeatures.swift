import RBAC
import Syntax

/// What a kustomization does that is not followed here and could change permissions: a warning each, with its place.
///
/// Most patches in the field touch a Deployment's arguments, a webhook or a CRD; what provably leaves roles, bindings and
/// service accounts alone is not worth a word.
struct UnfollowedFeatures {
    private let kustomization: Kustomization
    private let limits: YAMLLimits
    /// Kinds and names of the objects that bear on permissions, as far as they are read.
    private let targets: [PatchTarget]
    private(set) var warnings: [ManifestWarning] = []

    init(_ kustomization: Kustomization, objects: [LoadedObject], limits: YAMLLimits) {
        self.kustomization = kustomization
        self.limits = limits
        targets = objects.compactMap(PatchTarget.init)
        findPatches()
        findReplacements()
        findVariables(objects)
        findWholesale()
        findGeneratedNames(objects)
    }

    private mutating func warn(_ key: String, _ words: String, _ range: SourceRange) {
        warnings.append(
            ManifestWarning(message: "kustomize's `\(key)` \(words), and is not followed here", range: range)
        )
    }

    // MARK: - Patches

    private mutating func findPatches() {
        for key in ["patches", "patchesJson6902"] {
            for item in kustomization.fields.value(key)?.sequence?.items ?? [] {
                warnAboutPatch(Patch(item, texts: patchTexts(item)), key, item.range)
            }
        }
        for item in kustomization.fields.value("patchesStrategicMerge")?.sequence?.items ?? [] {
            // An item is a file or, inline, the patch itself.
            let text = item.scalar?.text ?? ""
            let texts = text.contains("\n") ? documents(text) : file(text)
            warnAboutPatch(Patch(target: nil, documents: texts), "patchesStrategicMerge", item.range)
        }
    }

    private mutating func warnAboutPatch(_ patch: Patch, _ key: String, _ range: SourceRange) {
        guard let target = targets.first(where: patch.couldChange) else { return }
        warn(key, "may change the \(target.kind) `\(target.name)`", range)
    }

    /// What the patch says, parsed; `nil` where it can't be read.
    private func patchTexts(_ item: Node) -> [Node]? {
        if let text = item.mapping?.value("patch")?.scalar?.text { return documents(text) }
        if let path = item.mapping?.value("path")?.scalar?.text { return file(path) }
        return nil
    }

    private func documents(_ text: String) -> [Node]? {
        try? YAMLParser.documents(Array(text.utf8), file: kustomization.file, limits: limits)
    }

    private func file(_ path: String) -> [Node]? {
        let path = kustomization.path(of: path)
        guard let bytes = try? FileAccess.read(path, limit: limits.bytes) else { return nil }
        return try? YAMLParser.documents(bytes, file: path, limits: limits)
    }

    // MARK: - Replacements and variables

    private mutating func findReplacements() {
        for item in kustomization.fields.value("replacements")?.sequence?.items ?? [] {
            // An item is a replacement, or the path of a file with one or several.
            var replacements = [item]
            if let path = item.mapping?.value("path")?.scalar?.text {
                let found = file(path)
                replacements = (found ?? [item]).flatMap { $0.sequence?.items ?? [$0] }
            }
            let selectors = replacements.flatMap { replacement -> [Node?] in
                guard let targets = replacement.mapping?.value("targets")?.sequence?.items else { return [nil] }
                return targets.filter(Self.couldMatter).map { $0.mapping?.value("select") }
            }
            for selector in selectors {
                let patch = Patch(target: selector?.mapping, documents: nil)
                guard let target = targets.first(where: { patch.couldSelect($0) && !$0.isWorkload }) else { continue }
                warn("replacements", "may change the \(target.kind) `\(target.name)`", item.range)
                break
            }
        }
    }

    /// Annotations and labels of these objects bear on nothing, but for aggregation.
    private static func couldMatter(_ target: Node) -> Bool {
        guard let paths = target.mapping?.value("fieldPaths")?.sequence?.items, !paths.isEmpty else { return true }
        return !paths.allSatisfy { $0.scalar?.text.hasPrefix("metadata.annotations") ?? false }
    }

    private mutating func findVariables(_ objects: [LoadedObject]) {
        guard let node = kustomization.fields.value("vars"), node.sequence?.items.isEmpty == false else { return }
        let isUsed = objects.contains { object in
            switch object.content {
            case .role(let role):
                role.rules.contains { $0.rule.resourceNames.contains { $0.contains("$(") } } || object.mentionsVariable
            case .binding(let binding):
                binding.roleRef.name.contains("$(") || object.mentionsVariable
                    || binding.subjects.contains { $0.name.contains("$(") || $0.namespace.contains("$(") }
            case .serviceAccount: object.mentionsVariable
            case .workload(let account, _): account.contains("$(")
            default: false
            }
        }
        if isUsed { warn("vars", "fills in names of roles, bindings or service accounts", node.range) }
    }

    // MARK: - What may do anything

    private mutating func findWholesale() {
        let keys = [
            ("transformers", "may change every object"), ("configurations", "change what is renamed"),
            ("generators", "may add roles and bindings"), ("helmCharts", "may add roles and bindings"),
            ("helmChartInflationGenerator", "may add roles and bindings"),
        ]
        for (key, words) in keys {
            guard let node = kustomization.fields.value(key), node.sequence?.items.isEmpty == false else { continue }
            warn(key, words, node.range)
        }
    }

    /// A generated config map or secret gets a hash behind its name, in the rules that name it as well.
    private mutating func findGeneratedNames(_ objects: [LoadedObject]) {
        let named = objects.reduce(into: Set<String>()) { names, object in
            guard case .role(let role) = object.content else { return }
            for rule in role.rules { names.formUnion(rule.rule.resourceNames) }
        }
        guard !named.isEmpty else { return }
        for key in ["configMapGenerator", "secretGenerator"] {
            for item in kustomization.fields.value(key)?.sequence?.items ?? [] {
                guard let name = item.mapping?.value("name")?.scalar?.text, named.contains(name) else { continue }
                warn(key, "changes the name `\(name)` that a rule's `resourceNames` holds", item.range)
            }
        }
    }
}

extension LoadedObject {
    fileprivate var mentionsVariable: Bool { identity.name.contains("$(") || identity.namespace.contains("$(") }
}
