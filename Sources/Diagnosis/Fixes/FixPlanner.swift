import Manifests
import RBAC
import Syntax

/// Turns the remedies of findings into changed texts.
///
/// Edits are first summed up as rules, since two that grant what is required may together grant more; then they become
/// text; then the text is read again and judged. A finding is mended wholly or not at all.
struct FixPlanner: Sendable {
    let manifests: ManifestSet
    let evidence: Evidence
    let candidates: [Candidate]
    /// Works out what the changed manifests give to the operator.
    let sideOf: @Sendable (ManifestSet) -> PolicySide

    /// A finding with the calls that its edits are to grant.
    struct Candidate: Sendable {
        /// Into the report's findings.
        var finding: Int
        var edits: [ManifestEdit]
        var calls: [Call]
    }

    /// What was decided on so far.
    private struct Draft {
        var roles: [SourceRange: RoleDraft] = [:]
        var accepted: [Candidate] = []
    }

    func plan(_ options: FixOptions) -> FixPlan {
        var editors = Editors(manifests)
        var plan = FixPlan()
        var draft = Draft()
        for candidate in candidates where options.findings?.contains(candidate.finding) ?? true {
            if let refusal = refusal(of: candidate, options) {
                plan.refusals.append(refusal)
                continue
            }
            do throws(NotEditable) {
                draft = try adding(candidate, to: draft, &editors)
            } catch {
                plan.refusals.append(Self.refusal(of: candidate, error.reason))
            }
        }
        guard !draft.accepted.isEmpty else { return plan }
        if let changes = changes(draft, &editors), let changed = proved(changes, draft) {
            plan.changes = changes
            plan.manifests = changed
            plan.fixes = draft.accepted.map { fix($0, draft) }
        } else {
            plan.refusals += draft.accepted.map { Self.refusal(of: $0, Self.unproved) }
        }
        return plan
    }

    private static let unproved = "the edited file would not grant exactly what is missing"

    private static func refusal(of candidate: Candidate, _ reason: String) -> FixPlan.Refusal {
        let file = candidate.edits.first?.role.file ?? ""
        return FixPlan.Refusal(finding: candidate.finding, file: file, reason: .notEditable(reason))
    }

    // MARK: - What may be written

    private func refusal(of candidate: Candidate, _ options: FixOptions) -> FixPlan.Refusal? {
        for edit in candidate.edits {
            guard let reason = refusalReason(edit.role, options) else { continue }
            return FixPlan.Refusal(finding: candidate.finding, file: edit.role.file, reason: reason)
        }
        return nil
    }

    private func refusalReason(_ role: SourceRange, _ options: FixOptions) -> FixPlan.Refusal.Reason? {
        guard let text = manifests.texts[role.file], role.file != "<stdin>" else { return .standardInput }
        if options.overwritesAll { return nil }
        switch GeneratedFile(text, object: role) {
        case .helm: return .helm
        case .generator: return .generated
        case nil: return manifests.readOnlyFiles.contains(role.file) ? .readOnly : nil
        }
    }

    // MARK: - Rules

    private func adding(
        _ candidate: Candidate,
        to draft: Draft,
        _ editors: inout Editors
    ) throws(NotEditable) -> Draft {
        var draft = draft
        var touched: Set<SourceRange> = []
        for edit in candidate.edits {
            guard let manifest = manifests.roles.first(where: { $0.range == edit.role }) else {
                throw NotEditable(reason: "the role is not in the manifests")
            }
            let role = draft.roles[edit.role] ?? RoleDraft(manifest)
            draft.roles[edit.role] = try apply(edit, to: role, &editors)
            touched.insert(edit.role)
        }
        for role in touched { _ = try draft.roles[role]?.edits(editors[role.file]) }
        draft.accepted.append(candidate)
        return draft
    }

    private func apply(
        _ edit: ManifestEdit,
        to role: RoleDraft,
        _ editors: inout Editors
    ) throws(NotEditable) -> RoleDraft {
        var role = role
        switch edit {
        case .addRule(_, let after, let rule):
            role.add(rule, after: after)
        case .extendRule(_, let range, let adding, let granting):
            var extended = role
            let editor = try editors[range.file]
            if extended.extend(rule: range, adding: adding, evidence.required), (try? extended.edits(editor)) != nil {
                return extended
            }
            for rule in granting { role.add(rule, after: range) }
        }
        return role
    }

    // MARK: - Text

    private func changes(_ draft: Draft, _ editors: inout Editors) -> [FixPlan.Change]? {
        var edits: [String: [TextEdit]] = [:]
        for (range, role) in draft.roles.sorted(by: { $0.key.start < $1.key.start }) {
            guard let editor = try? editors[range.file], let roleEdits = try? role.edits(editor) else { return nil }
            edits[range.file, default: []] += roleEdits
        }
        return edits.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { file, edits in
            let before = manifests.texts[file] ?? ""
            let after = String(decoding: edits.applied(to: Array(before.utf8)), as: UTF8.self)
            return FixPlan.Change(file: file, before: before, after: after)
        }
    }

    /// Reads the changed texts and holds them against what they should grant: all that they granted before, all calls of the
    /// mended findings, and nothing else that is not required. `nil` where they do not.
    private func proved(_ changes: [FixPlan.Change], _ draft: Draft) -> ManifestSet? {
        let texts = Dictionary(changes.map { ($0.file, $0.after) }) { $1 }
        guard let changed = try? manifests.rereadingRules(of: texts) else { return nil }
        for (old, new) in zip(manifests.roles, changed.roles) {
            let before = old.rules.flatMap(\.rule.halves)
            let after = new.rules.flatMap(\.rule.halves)
            guard subtract(after, from: before).isEmpty,
                subtract(before, from: after).allSatisfy(evidence.required.include)
            else { return nil }
        }
        let side = sideOf(changed)
        return draft.accepted.allSatisfy { $0.calls.allSatisfy(side.grants) } ? changed : nil
    }

    private func fix(_ candidate: Candidate, _ draft: Draft) -> FixPlan.Fix {
        var places: [String] = []
        for edit in candidate.edits {
            let range: SourceRange =
                switch edit {
                case .extendRule(_, let rule, _, _): rule
                case .addRule(let role, let after, _): after ?? role
                }
            let place = "\(range.file):\(range.start.line)"
            if !places.contains(place) { places.append(place) }
        }
        return FixPlan.Fix(finding: candidate.finding, places: places)
    }

    /// One editor a file, made when it is needed.
    private struct Editors {
        private let manifests: ManifestSet
        private var editors: [String: ManifestEditor] = [:]

        init(_ manifests: ManifestSet) { self.manifests = manifests }

        subscript(_ file: String) -> ManifestEditor {
            mutating get throws(NotEditable) {
                if let editor = editors[file] { return editor }
                do throws(InputError) {
                    let editor = try ManifestEditor(Array((manifests.texts[file] ?? "").utf8), file: file)
                    editors[file] = editor
                    return editor
                } catch { throw NotEditable(reason: error.message) }
            }
        }
    }
}
