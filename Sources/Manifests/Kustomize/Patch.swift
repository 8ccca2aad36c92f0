import Syntax

/// An object that a patch must not touch unseen.
struct PatchTarget {
    let kind: String
    let name: String
    /// Every name that it had so far, which a patch may use.
    let names: Set<String>
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
            return matches(text)
        }
        return could("kind") { SelectorPattern($0).couldMatch(object.kind) }
            && could("name") { pattern in object.names.contains { SelectorPattern(pattern).couldMatch($0) } }
            && could("group") { SelectorPattern($0).couldMatch(object.group) }
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

/// A regular expression of a kustomize selector, which must match the whole text. Alternatives and `.*` are understood;
/// what holds more could match anything.
struct SelectorPattern {
    private let pattern: String

    init(_ pattern: String) { self.pattern = pattern }

    func couldMatch(_ text: String) -> Bool {
        pattern.split(separator: "|", omittingEmptySubsequences: false).contains { alternative in
            let parts = alternative.split(separator: ".*", omittingEmptySubsequences: false)
            // A point alone stands for any character; in the names of groups it is meant as itself.
            if parts.contains(where: { $0.contains { "*+?()[]{}^$\\".contains($0) } }) { return true }
            return Self.matches(text, parts: parts)
        }
    }

    /// Whether the parts stand in the text in this order, the first at its start and the last at its end.
    private static func matches(_ text: String, parts: [Substring]) -> Bool {
        guard let first = parts.first, let last = parts.last, parts.count > 1 else { return parts.first == text[...] }
        guard text.hasPrefix(first), text.hasSuffix(last), text.count >= first.count + last.count else { return false }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}
