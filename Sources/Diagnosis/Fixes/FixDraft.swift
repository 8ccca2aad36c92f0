import Manifests
import RBAC
import Syntax

/// The edits decided on so far, as rules and not yet as text.
struct FixDraft {
    /// A finding that they mend.
    struct Accepted {
        var finding: Int
        var file: String
        var places: [String]
        var calls: [Call]
        /// What is to be run besides.
        var commands: [String] = []
    }

    private(set) var roles: [SourceRange: RoleDraft] = [:]
    /// By index of the generated role.
    private(set) var markers: [Int: MarkerDraft] = [:]
    private(set) var corrections: [ManifestCorrection] = []
    var accepted: [Accepted] = []

    /// What generates the roles whose markers change, each once.
    var commands: [String] {
        var seen: Set<String> = []
        let generating = markers.sorted { $0.key < $1.key }.map(\.value.role.command)
        return (generating + accepted.flatMap(\.commands)).filter { seen.insert($0).inserted }
    }

    /// Corrects a name or a binding; what two findings have in common once.
    mutating func correct(_ edit: ManifestCorrection, _ editors: inout FixEditors) throws(NotEditable) {
        guard !corrections.contains(edit) else { return }
        _ = try Self.edits(edit, editors[edit.object.file])
        corrections.append(edit)
    }

    /// The text of a correction.
    static func edits(_ edit: ManifestCorrection, _ editor: ManifestEditor) throws(NotEditable) -> [TextEdit] {
        switch edit {
        case .replaceEntry(_, let rule, let list, let old, let new):
            return try editor.replace(old, by: new, in: list, ofRule: rule)
        case .setRoleRef(let binding, let kind, let name):
            return try editor.set([("kind", kind), ("name", name)], of: binding, under: "roleRef")
        case .setSubject(let binding, let place, let subject):
            let fields = [("name", subject.name), ("namespace", subject.namespace)]
            if let place { return try editor.set(fields, of: place) }
            let group = subject.kind == "ServiceAccount" ? "" : "rbac.authorization.k8s.io"
            return try editor.addSubject([("kind", subject.kind), ("apiGroup", group)] + fields, toBinding: binding)
        }
    }

    /// Edits a role. What cannot extend a rule is added beside it.
    mutating func apply(
        _ edit: ManifestEdit,
        _ manifests: ManifestSet,
        _ required: RequiredPermissions,
        _ editors: inout FixEditors
    ) throws(NotEditable) {
        guard let manifest = manifests.roles.first(where: { $0.range == edit.object }) else {
            throw NotEditable(reason: "the role is not in the manifests")
        }
        let editor = try editors[edit.object.file]
        var role = roles[edit.object] ?? RoleDraft(manifest)
        switch edit {
        case .addRule(_, let after, let rule):
            role.add(rule, after: after)
        case .extendRule(_, let range, let adding, let granting):
            var extended = role
            if extended.extend(rule: range, adding: adding, required), (try? extended.edits(editor)) != nil {
                role = extended
            } else {
                for rule in granting { role.add(rule, after: range) }
            }
        }
        _ = try role.edits(editor)
        roles[edit.object] = role
    }

    /// Edits the markers of a generated role.
    ///
    /// - Returns: the markers that change; empty where they grant it already.
    mutating func grant(
        _ edit: ManifestEdit,
        _ source: MarkedRole,
        _ manifests: ManifestSet,
        _ required: RequiredPermissions
    ) -> [RBACMarker] {
        var draft = markers[source.role] ?? MarkerDraft(source)
        let wanted: [PolicyRule]
        let near: SourceRange?
        switch edit {
        case .addRule(_, let after, let rule): (wanted, near) = ([rule], after)
        case .extendRule(_, let range, _, let granting): (wanted, near) = (granting, range)
        }
        let rule = manifests.roles[source.role].rules.first { $0.range == near }?.rule
        let places = draft.grant(wanted, near: rule, required)
        if !places.isEmpty { markers[source.role] = draft }
        return places
    }
}

/// Makes the text of a draft, reads it again, and holds it against what it should grant.
struct FixProof {
    let manifests: ManifestSet
    let evidence: Evidence
    let draft: FixDraft
    let sideOf: (ManifestSet) -> PolicySide

    /// The changed files, and what they hold: all that was granted before, all calls of the mended findings, and nothing else
    /// that is not required.
    ///
    /// - Throws: `NotEditable` where that cannot be proved.
    func changes(_ editors: inout FixEditors) throws(NotEditable) -> ([FixPlan.Change], ManifestSet) {
        let changes = try manifestChanges(&editors)
        let texts = Dictionary(changes.map { ($0.file, $0.after) }) { $1 }
        let changed: ManifestSet
        do throws(InputError) { changed = try manifests.rereading(texts) } catch {
            throw NotEditable(reason: "the edited file could not be read: \(error.message)")
        }
        var generated = changed
        let markerChanges = try markerChanges(&generated)
        for (old, new) in zip(manifests.roles, changed.roles) where !isCorrected(old) {
            try check(old.rules.flatMap(\.rule.halves), new.rules.flatMap(\.rule.halves))
        }
        let side = sideOf(generated)
        guard draft.accepted.allSatisfy({ $0.calls.allSatisfy(side.grants) }),
            draft.corrections.isEmpty || evidence.calls.allSatisfy({ !evidence.side.grants($0) || side.grants($0) })
        else { throw Self.unproved }
        return ((changes + markerChanges).sorted { $0.file < $1.file }, changed)
    }

    /// A corrected role may grant other things than before; all calls that it granted it still grants.
    private func isCorrected(_ role: RoleManifest) -> Bool { draft.corrections.contains { $0.object == role.range } }

    private static let unproved = NotEditable(reason: "the edited files would not grant exactly what is missing")

    private func check(_ before: [PolicyRule], _ after: [PolicyRule]) throws(NotEditable) {
        guard subtract(after, from: before).isEmpty,
            subtract(before, from: after).allSatisfy(evidence.required.include)
        else { throw Self.unproved }
    }

    private func manifestChanges(_ editors: inout FixEditors) throws(NotEditable) -> [FixPlan.Change] {
        var edits: [String: [TextEdit]] = [:]
        for (range, role) in draft.roles.sorted(by: { $0.key.start < $1.key.start }) {
            edits[range.file, default: []] += try role.edits(editors[range.file])
        }
        for edit in draft.corrections {
            edits[edit.object.file, default: []] += try FixDraft.edits(edit, editors[edit.object.file])
        }
        return edits.filter { !$0.value.isEmpty }.map { change($0.key, manifests.texts[$0.key] ?? "", $0.value) }
    }

    private func change(_ file: String, _ before: String, _ edits: [TextEdit]) -> FixPlan.Change {
        let after = String(decoding: edits.applied(to: Array(before.utf8)), as: UTF8.self)
        return FixPlan.Change(file: file, before: before, after: after)
    }

    /// The changed Go files; the roles get what their markers will yield once they are generated.
    private func markerChanges(_ changed: inout ManifestSet) throws(NotEditable) -> [FixPlan.Change] {
        let texts = manifests.markers?.texts ?? [:]
        var edits: [String: [TextEdit]] = [:]
        for (_, markers) in draft.markers.sorted(by: { $0.key < $1.key }) {
            for (file, fileEdits) in try markers.edits(texts) { edits[file, default: []] += fileEdits }
        }
        let changes = edits.map { change($0.key, texts[$0.key] ?? "", $0.value) }
        for (index, markers) in draft.markers {
            let rules = try yielded(markers, changes)
            try check(markers.role.halves, rules.flatMap(\.halves))
            let range = changed.roles[index].range
            // What the file grants beyond its markers stays until it is generated; what comes is the markers'.
            let coming = subtract(changed.roles[index].rules.flatMap(\.rule.halves), from: rules.flatMap(\.halves))
            changed.roles[index].rules += coming.filter(evidence.required.include)
                .map { RuleManifest(rule: $0, range: range) }
        }
        return changes
    }

    /// The rules of a generated role's markers, read from the changed texts.
    private func yielded(_ draft: MarkerDraft, _ changes: [FixPlan.Change]) throws(NotEditable) -> [PolicyRule] {
        var rules = draft.role.markers.filter { marker in !changes.contains { $0.file == marker.range.file } }.map(
            \.rule
        )
        let first = draft.role.markers[0]
        for change in changes {
            guard let file = GoMarkerFile(change.after, path: change.file),
                let old = GoMarkerFile(change.before, path: change.file),
                file.markers.count >= old.markers.count
            else { throw Self.unproved }
            rules += file.markers.filter { marker in
                marker.namespace == first.namespace && marker.roleName == first.roleName
            }.map(\.rule)
        }
        return rules
    }
}
