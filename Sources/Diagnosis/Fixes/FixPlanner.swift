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
    let generated: MarkedRoles
    let candidates: [Candidate]
    /// Works out what the changed manifests give to the operator.
    let sideOf: @Sendable (ManifestSet) -> PolicySide

    /// A finding with the calls that its edits are to grant.
    struct Candidate: Sendable {
        /// Into the report's findings.
        var finding: Int
        /// What adds exactly what is missing.
        var edits: [ManifestEdit]
        /// What corrects what is written instead, where that is allowed.
        var corrections: [ManifestCorrection]
        var calls: [Call]
        /// What a corrected binding needs before it is applied anew.
        var commands: [String]
    }

    func plan(_ options: FixOptions) -> FixPlan {
        var editors = FixEditors(manifests)
        var plan = FixPlan()
        var draft = FixDraft()
        for candidate in candidates where options.findings?.contains(candidate.finding) ?? true {
            let isCorrected = options.allowsUnsafe && !candidate.corrections.isEmpty
            guard isCorrected || !candidate.edits.isEmpty else { continue }
            do throws(FixRefusal) {
                if isCorrected, let corrected = try? correcting(candidate, in: draft, &editors, options) {
                    draft = corrected
                } else if candidate.edits.isEmpty {
                    draft = try correcting(candidate, in: draft, &editors, options)
                } else {
                    draft = try adding(candidate, to: draft, &editors, options)
                }
            } catch {
                plan.refusals.append(.init(finding: candidate.finding, file: error.file, reason: error.reason))
            }
        }
        guard !draft.accepted.isEmpty else { return plan }
        do throws(NotEditable) {
            let proof = FixProof(manifests: manifests, evidence: evidence, draft: draft, sideOf: sideOf)
            (plan.changes, plan.manifests) = try proof.changes(&editors)
            plan.fixes = draft.accepted.map { FixPlan.Fix(finding: $0.finding, places: $0.places) }
            plan.commands = draft.commands
        } catch {
            plan.refusals += draft.accepted.map {
                FixPlan.Refusal(finding: $0.finding, file: $0.file, reason: .notEditable(error.reason))
            }
        }
        return plan
    }

    // MARK: - What may be written

    /// Where an edit goes: to the manifest, to the markers that it is generated from, or both.
    private struct Route {
        var toManifest: Bool
        var toMarkers: MarkedRole?
    }

    private func route(_ object: SourceRange, _ options: FixOptions) throws(FixRefusal) -> Route {
        let file = object.file
        guard let text = manifests.texts[file], !manifests.streams.contains(file) else {
            throw FixRefusal(file, .standardInput)
        }
        if let source = generatedRole(object) {
            let isForced = options.overwritesAll && options.editsManifests
            guard options.editsMarkers || isForced else { throw FixRefusal(file, .markers(command: source.command)) }
            return Route(toManifest: isForced, toMarkers: options.editsMarkers ? source : nil)
        }
        guard options.editsManifests else { throw FixRefusal(file, .manifest) }
        if options.overwritesAll { return Route(toManifest: true) }
        switch GeneratedFile(text, object: object) {
        case .helm: throw FixRefusal(file, .helm)
        case .generator: throw FixRefusal(file, .generated)
        case nil: break
        }
        if manifests.readOnlyFiles.contains(file) { throw FixRefusal(file, .readOnly) }
        return Route(toManifest: true)
    }

    private func generatedRole(_ range: SourceRange) -> MarkedRole? {
        generated.roles.first { manifests.roles[$0.role].range == range }
    }

    // MARK: - Corrections

    /// Corrects names and bindings. What a generator writes is not corrected in its place.
    private func correcting(
        _ candidate: Candidate,
        in draft: FixDraft,
        _ editors: inout FixEditors,
        _ options: FixOptions
    ) throws(FixRefusal) -> FixDraft {
        var draft = draft
        for edit in candidate.corrections {
            let route = try route(edit.object, options)
            if let source = route.toMarkers, !route.toManifest {
                throw FixRefusal(edit.object.file, .markers(command: source.command))
            }
            do throws(NotEditable) {
                try draft.correct(edit, &editors)
            } catch { throw FixRefusal(edit.object.file, .notEditable(error.reason)) }
        }
        draft.accepted.append(
            FixDraft.Accepted(
                finding: candidate.finding,
                file: candidate.corrections[0].object.file,
                places: candidate.corrections.map(\.place).uniqued(),
                calls: candidate.calls,
                commands: candidate.commands
            )
        )
        return draft
    }

    // MARK: - Rules

    private func adding(
        _ candidate: Candidate,
        to draft: FixDraft,
        _ editors: inout FixEditors,
        _ options: FixOptions
    ) throws(FixRefusal) -> FixDraft {
        var draft = draft
        var places: [String] = []
        var waiting: FixRefusal?
        for edit in candidate.edits {
            let route = try route(edit.object, options)
            do throws(NotEditable) {
                if route.toManifest {
                    try draft.apply(edit, manifests, evidence.required, &editors)
                    places.append(edit.place)
                }
            } catch { throw FixRefusal(edit.object.file, .notEditable(error.reason)) }
            guard let source = route.toMarkers else { continue }
            let markers = draft.grant(edit, source, manifests, evidence.required)
            if markers.isEmpty { waiting = FixRefusal(edit.object.file, .notGenerated(command: source.command)) }
            if !options.overwritesAll, let locked = markers.first(where: isReadOnly) {
                throw FixRefusal(locked.range.file, .readOnly)
            }
            places += markers.map(\.place)
        }
        if places.isEmpty, let waiting { throw waiting }
        draft.accepted.append(
            FixDraft.Accepted(
                finding: candidate.finding,
                file: candidate.edits.first?.object.file ?? "",
                places: places.uniqued(),
                calls: candidate.calls
            )
        )
        return draft
    }

    private func isReadOnly(_ marker: RBACMarker) -> Bool {
        manifests.markers?.readOnlyFiles.contains(marker.range.file) ?? false
    }
}

/// Why a finding is not mended.
struct FixRefusal: Error {
    var file: String
    var reason: FixPlan.Refusal.Reason

    init(_ file: String, _ reason: FixPlan.Refusal.Reason) {
        self.file = file
        self.reason = reason
    }
}

extension ManifestEdit {
    /// `FILE:LINE` of what changes.
    var place: String {
        let range: SourceRange =
            switch self {
            case .extendRule(_, let rule, _, _): rule
            case .addRule(let role, let after, _): after ?? role
            }
        return "\(range.file):\(range.start.line)"
    }
}

extension ManifestCorrection {
    /// `FILE:LINE` of what changes.
    var place: String {
        let range: SourceRange =
            switch self {
            case .replaceEntry(_, let rule, _, _, _): rule
            case .setRoleRef(let binding, _, _): binding
            case .setSubject(let binding, let subject, _): subject ?? binding
            }
        return "\(range.file):\(range.start.line)"
    }
}

/// One editor a file, made when it is needed.
struct FixEditors {
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
