import Syntax

/// An object that a patch must not touch unseen.
struct PatchTarget {
    let kind: String
    let name: String
    /// Every name that it had so far, which a patch may use.
    private let names: Set<String>
    let group: String
    let isWorkload: Bool

    /// `nil` for what has no bearing on permissions.
    init?(_ object: LoadedObject) {
        switch object.content {
        case .role, .binding, .serviceAccount: isWorkload = false
        case .workload: isWorkload = true
        case .crd, .other: return nil
        }
        kind = object.identity.kind
        name = object.identity.name
        names = Set(object.history.names.map(\.name) + [object.identity.name, object.identity.nameInFile])
        let parts = object.identity.apiVersion.split(separator: "/", omittingEmptySubsequences: false)
        group = parts.count == 2 ? String(parts[0]) : ""
    }

    func isCalled(_ name: String) -> Bool { names.contains(name) }
}

/// A patch, or the selector of a replacement, as far as it tells what it can reach. Where it can't be told, it could.
struct Patch {
    private let target: Node.Mapping?
    /// What it says; `nil` where that can't be read.
    private let documents: [Node]?

    init(target: Node.Mapping?, documents: [Node]?) {
        self.target = target
        self.documents = documents
    }

    /// An item of `patches` or `patchesJson6902`.
    init(_ item: Node, texts: [Node]?) {
        self.init(target: item.mapping?.value("target")?.mapping, documents: texts)
    }

    /// Whether it may change what an object grants or runs as.
    func couldChange(_ object: PatchTarget) -> Bool {
        if target == nil, let documents {
            return documents.contains { Self.matches($0, object) && (!object.isWorkload || Self.touchesAccount($0)) }
        }
        guard couldSelect(object) else { return false }
        return !object.isWorkload || (documents.map { $0.contains(where: Self.touchesAccount) } ?? true)
    }

    /// Whether the target's selector may mean an object. kustomize: `types.Selector`, whose texts are patterns.
    func couldSelect(_ object: PatchTarget) -> Bool {
        guard let target else { return true }
        func could(_ key: String, _ matches: (String) -> Bool) -> Bool {
            guard let text = target.value(key)?.scalar?.text else { return true }
            return Self.isPattern(text) || matches(text)
        }
        return could("kind") { $0 == object.kind } && could("name", object.isCalled)
            && could("group") { $0 == object.group }
    }

    /// Whether a text of a selector could mean more than itself.
    private static func isPattern(_ text: String) -> Bool {
        text.contains { "*+?()[]{}|^$\\".contains($0) }
    }

    /// A strategic-merge patch names its object by kind and name.
    private static func matches(_ document: Node, _ object: PatchTarget) -> Bool {
        guard let mapping = document.mapping, let kind = mapping.value("kind")?.scalar?.text else { return true }
        guard kind == object.kind else { return false }
        guard let name = mapping.value("metadata")?.mapping?.value("name")?.scalar?.text else { return true }
        return object.isCalled(name)
    }

    /// Whether a patch of a workload may change which account it runs under, or remove it.
    private static func touchesAccount(_ document: Node) -> Bool {
        switch document {
        case .scalar: return false
        case .sequence(let operations):
            // JSON 6902: a list of operations.
            return operations.items.contains { operation in
                guard let path = operation.mapping?.value("path")?.scalar?.text else { return true }
                let parents = ["/spec/template/spec", "/spec/jobTemplate/spec/template/spec"]
                return path.contains("serviceAccount") || path.hasPrefix("/metadata/name")
                    || parents.contains { $0.hasPrefix(path) }
            }
        case .mapping(let mapping):
            return mapping.entries.contains { entry in
                entry.key.text.hasPrefix("serviceAccount")
                    || entry.key.text == "$patch"
                        && entry.value.scalar?.text != "merge"
                    || Self.holdsAccount(entry.value)
            }
        }
    }

    /// Inside a strategic-merge patch lists belong to containers and volumes, where no account is named.
    private static func holdsAccount(_ node: Node) -> Bool {
        guard case .mapping = node else { return false }
        return touchesAccount(node)
    }
}
