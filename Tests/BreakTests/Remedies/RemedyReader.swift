import Diagnosis
import Manifests
import RBAC
import Syntax

/// Does what a remedy says, as a person would who reads it beside the files.
struct RemedyReader {
    /// A remedy that says something that cannot be done.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// What the files hold, and where in them it stands.
    var objects: ObjectSet
    let manifests: ManifestSet

    /// Which of the objects' roles each role of the files is.
    private var fileRoles: [Int] { objects.roles.indices.filter { !objects.roles[$0].isBuiltIn } }

    // MARK: - Edits

    mutating func apply(_ edits: [ManifestEdit]) throws {
        for edit in edits {
            switch edit {
            case .extendRule(_, let range, let adding, _):
                try changeRule(at: range) { rule in
                    rule.verbs += adding.verbs
                    rule.apiGroups += adding.apiGroups
                    rule.resources += adding.resources
                    rule.resourceNames += adding.resourceNames
                    rule.nonResourceURLs += adding.nonResourceURLs
                }
            case .addRule(let range, _, let rule):
                guard let role = manifests.roles.firstIndex(where: { $0.range == range }) else {
                    throw Failure(description: "no role at \(range)")
                }
                objects.roles[fileRoles[role]].role.rules.append(.init(rule))
            }
        }
    }

    private mutating func changeRule(at range: SourceRange, _ change: (inout PolicyRule) -> Void) throws {
        for (role, manifest) in manifests.roles.enumerated() {
            guard let rule = manifest.rules.firstIndex(where: { $0.range == range }) else { continue }
            return change(&objects.roles[fileRoles[role]].role.rules[rule].rule)
        }
        throw Failure(description: "no rule at \(range)")
    }

    // MARK: - Text

    /// Writes the remedy's YAML: whole objects are added, parts take the place of what they are shown below.
    mutating func write(_ finding: Finding) throws {
        let lines = finding.remedy?.replacement ?? []
        let text = lines.joined(separator: "\n")
        let place = finding.locations.first?.range
        switch lines.first {
        case "---": try add(text)
        case "roleRef:": try changeBinding(at: place, "\(text)\nsubjects: []") { $0.roleRef = $1.roleRef }
        case let line? where line.hasPrefix("- kind:"): try writeSubject(text, finding)
        case "metadata:" where lines.count > 1 && lines[1].hasPrefix("  namespace:"):
            try moveRole(String(lines[1].dropFirst("  namespace: ".count)), finding.locations)
        case "metadata:": try writeLabels(text, at: place)
        default: try writeLists(text, at: place)
        }
    }

    mutating func add(_ text: String) throws {
        let added = try Self.load(text)
        for role in added.roles {
            if let index = objects.roles.firstIndex(where: { $0.isSame(as: role) }) {
                objects.roles[index] = role
            } else {
                objects.roles.append(role)
            }
        }
        objects.bindings += added.bindings
    }

    /// Roles and bindings of a text with nothing left open.
    static func load(_ text: String) throws -> ObjectSet {
        let set = try ManifestLoader.load(paths: ["-"], standardInput: Array(text.utf8))
        guard set.roles.count + set.bindings.count > 0 else { throw Failure(description: "no object in\n\(text)") }
        let policy = set.declaredPolicy(defaultNamespace: "").policy
        var objects = ObjectSet()
        for (index, manifest) in set.roles.enumerated() {
            var role = policy.roles[index]
            role.rules = manifest.rules.map { .init($0.rule) }
            let selectors = manifest.aggregation?.selectors.map(\.matchLabels) ?? []
            objects.roles.append(.init(role: role, labels: manifest.labels, selectors: selectors))
        }
        objects.bindings = policy.bindings
        return objects
    }

    private mutating func changeBinding(
        at place: SourceRange?,
        _ part: String,
        _ change: (inout Binding, Binding) -> Void
    ) throws {
        let header = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: x, namespace: x}\n"
        guard let place, let written = try Self.load(header + part).bindings.first,
            let index = manifests.bindings.firstIndex(where: { $0.range.contains(place) })
        else { throw Failure(description: "no binding for\n\(part)") }
        change(&objects.bindings[index], written)
    }

    private mutating func writeSubject(_ text: String, _ finding: Finding) throws {
        let place = finding.locations.first?.range
        let isCorrection = finding.remedy?.summary.hasPrefix("correct") ?? false
        let reference = "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: x}\n"
        let ranges = manifests.bindings.first { binding in place.map(binding.range.contains) ?? false }?.subjectRanges
        let position = ranges?.firstIndex { $0 == place }
        try changeBinding(at: place, "\(reference)subjects:\n\(text)") { binding, written in
            if isCorrection, let position {
                binding.subjects[position] = written.subjects[0]
            } else {
                binding.subjects += written.subjects
            }
        }
    }

    private mutating func moveRole(_ namespace: String, _ places: [FindingLocation]) throws {
        let index = manifests.roles.firstIndex { role in places.contains { role.range.contains($0.range) } }
        guard let index else { throw Failure(description: "no role to move to \(namespace)") }
        objects.roles[fileRoles[index]].role.namespace = namespace
    }

    private mutating func writeLabels(_ text: String, at place: SourceRange?) throws {
        let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n\(text)\n  name: x\nrules: []"
        guard let place, let labels = try Self.load(role).roles.first?.labels,
            let index = manifests.roles.firstIndex(where: { $0.range.contains(place) })
        else { throw Failure(description: "no role for\n\(text)") }
        objects.roles[fileRoles[index]].labels.merge(labels) { $1 }
    }

    /// Lists of a rule, such as `verbs: [get]`, each in the place of the one that is there.
    private mutating func writeLists(_ text: String, at place: SourceRange?) throws {
        let lists: [(String, WritableKeyPath<PolicyRule, [String]>)] = [
            ("verbs", \.verbs), ("apiGroups", \.apiGroups), ("resources", \.resources),
            ("resourceNames", \.resourceNames), ("nonResourceURLs", \.nonResourceURLs),
        ]
        let lines = text.split(separator: "\n").map(String.init)
        let written = lists.filter { name, _ in lines.contains { $0.hasPrefix("\(name):") } }
        let filling = ["apiGroups: [x]", "resources: [x]", "verbs: [x]"].filter { line in
            !written.contains { line.hasPrefix("\($0.0):") }
        }
        let header = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: x}\nrules:\n-\n"
        let body = (lines + filling).map { "  \($0)" }.joined(separator: "\n")
        guard let place, !written.isEmpty, let rule = try Self.load(header + body).roles.first?.role.rules.first?.rule
        else { throw Failure(description: "no rule for\n\(text)") }
        try changeRule(at: place) { changed in
            for (_, list) in written { changed[keyPath: list] = rule[keyPath: list] }
        }
    }
}

extension ObjectSet.RoleObject {
    func isSame(as other: Self) -> Bool {
        role.kind == other.role.kind && role.namespace == other.role.namespace && role.name == other.role.name
    }
}

extension SourceRange {
    fileprivate func contains(_ other: SourceRange) -> Bool {
        file == other.file && start.offset <= other.start.offset && other.end.offset <= end.offset
    }
}
