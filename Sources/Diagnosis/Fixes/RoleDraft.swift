import Manifests
import RBAC
import Syntax

/// A role with the edits decided on so far, as rules and not yet as text.
struct RoleDraft {
    let manifest: RoleManifest
    /// By index of the rule: what its lists get.
    private(set) var extensions: [Int: PolicyRule] = [:]
    /// New rules, by the rule that they stand behind.
    private(set) var additions: [(after: SourceRange?, rules: [PolicyRule])] = []

    init(_ manifest: RoleManifest) { self.manifest = manifest }

    var isChanged: Bool { !extensions.isEmpty || !additions.isEmpty }

    /// The rules as they will be.
    var rules: [PolicyRule] {
        manifest.rules.indices.map { extended($0, by: extensions[$0]) } + additions.flatMap(\.rules)
    }

    /// The lines of the places that change, as they are now.
    var lines: [Int] {
        let extended = extensions.keys.map { manifest.rules[$0].range.start.line }
        let added = additions.map { ($0.after ?? manifest.rules.last?.range ?? manifest.range).end.line }
        return Set(extended + added).sorted()
    }

    private func extended(_ rule: Int, by adding: PolicyRule?) -> PolicyRule {
        var result = manifest.rules[rule].rule
        guard let adding else { return result }
        for list in Self.lists { result[keyPath: list] = union(result[keyPath: list], adding[keyPath: list]) }
        return result
    }

    private static var lists: [WritableKeyPath<PolicyRule, [String]>] {
        [\.apiGroups, \.resources, \.resourceNames, \.nonResourceURLs, \.verbs]
    }

    private func union(_ first: [String], _ second: [String]) -> [String] {
        first + second.filter { !first.contains($0) }
    }

    /// Extends a rule where all that it then grants is granted now or required.
    ///
    /// - Returns: whether it did.
    mutating func extend(rule range: SourceRange, adding: PolicyRule, _ required: RequiredPermissions) -> Bool {
        guard let index = manifest.rules.firstIndex(where: { $0.range == range }) else { return false }
        var sum = extensions[index] ?? PolicyRule(verbs: [])
        for list in Self.lists { sum[keyPath: list] = union(sum[keyPath: list], adding[keyPath: list]) }
        let added = subtract([manifest.rules[index].rule], from: extended(index, by: sum).halves)
        guard added.allSatisfy(required.include) else { return false }
        extensions[index] = sum
        return true
    }

    /// Adds what the rules so far do not grant already.
    mutating func add(_ rule: PolicyRule, after: SourceRange?) {
        guard !subtract(rules, from: rule.halves).isEmpty else { return }
        if let index = additions.firstIndex(where: { $0.after == after }) {
            additions[index].rules.append(rule)
        } else {
            additions.append((after, [rule]))
        }
    }

    /// The changes of the text.
    func edits(_ editor: ManifestEditor) throws(NotEditable) -> [TextEdit] {
        var edits: [TextEdit] = []
        for (index, adding) in extensions.sorted(by: { $0.key < $1.key }) {
            edits += try editor.extend(rule: manifest.rules[index].range, adding: adding)
        }
        for (after, rules) in additions {
            edits += try editor.add(rules, toRole: manifest.range, after: after)
        }
        return edits
    }
}
