import Manifests
import RBAC
import Syntax
import Traces

/// The last stage: one finding a cause, the report around them.
struct FindingsStage {
    let input: CheckInput
    let stage: IdentityStage
    let judgement: Judgement
    let live: LiveDiagnosis
    let served: ServedResources

    /// Calls of one cause, with the side that proves it.
    private struct Group {
        var proof: Proof
        var evidence: Evidence
        var calls: [Call]
    }

    private struct GroupKey: Hashable {
        var proof: Proof
        var side: PolicySide.Kind
    }

    func report() -> CheckReport {
        var report = CheckReport()
        let effective = judgement.effective
        report.server = effective.server
        report.identities = identities
        report.failures = effective.failures + discoveryFailure
        report.notes = notes
        report.details = InputDetails.lines(input)
        report.texts = (input.manifests?.texts ?? [:]).merging(input.manifests?.markers?.texts ?? [:]) { $1 }
        report.findings = findings().inReportOrder()
        report.fixes = fixes(report.findings)
        report.requirements = judgement.states.map { state in
            CheckReport.Judged(
                requirement: state.call.requirement,
                declared: state.declared,
                effectiveSelf: state.own,
                effectiveOperator: state.operators,
                grantedBy: state.grantedBy,
                isMet: state.isMet
            )
        }
        for (index, finding) in report.findings.enumerated() {
            for requirement in finding.requirements {
                report.requirements[requirement].findings.append(index)
                let isNotServed = [.resourceNotServed, .versionNotServed, .subresourceNotServed].contains(finding.code)
                if finding.isPrincipal, isNotServed { report.requirements[requirement].isMet = false }
            }
        }
        return report
    }

    private func findings() -> [Finding] {
        var findings = principalFindings()
        findings += NotServed.findings(judgement, served, stage, input.manifests)
        findings += CachedReadNeedsListWatch.findings(judgement)
        findings += FinalizersPermission.findings(judgement, input.manifests)
        findings += EscalationRefused.findings(judgement)
        findings += MaskedByBroaderIdentity.findings(judgement)
        findings += ImpersonationRefused.findings(judgement, choice: input.identity)
        findings += Unauthenticated.findings(judgement)
        if let manifests = input.manifests {
            findings += lint(
                manifests: manifests,
                declared: judgement.evidence?.side.declared,
                requirements: stage.requirements,
                operator: stage.identity.user,
                hasTrace: input.hasTrace,
                known: judgement.evidence?.known,
                misnamed: Set(findings.filter { [.resourceNameWrong, .apiGroupWrong].contains($0.code) }.places)
            )
        }
        guard let manifests = input.manifests, manifests.markers != nil else { return findings }
        let generated = MarkedRoles(manifests)
        findings += MarkerDrift(manifests: manifests, generated: generated).findings()
        let attribution = MarkerAttribution(manifests, generated)
        return findings.map { finding in
            attribution.applied(to: finding, finding.requirements.map { judgement.states[$0].call })
        }
    }

    /// Nothing is worked out before it is asked for.
    private func fixes(_ findings: [Finding]) -> @Sendable (FixOptions) -> FixPlan {
        guard let evidence = judgement.evidence, let manifests = input.manifests else { return { _ in FixPlan() } }
        let candidates = findings.enumerated().compactMap { index, finding -> FixPlanner.Candidate? in
            guard let remedy = finding.remedy else { return nil }
            let edits = finding.isPrincipal ? remedy.edits : []
            guard !edits.isEmpty || !remedy.corrections.isEmpty else { return nil }
            let calls = finding.requirements.filter { judgement.alternatives[$0] == nil }
                .map { judgement.states[$0].call }
            return FixPlanner.Candidate(
                finding: index,
                edits: edits,
                corrections: remedy.corrections,
                calls: finding.isPrincipal ? calls : [],
                commands: remedy.commands.filter { $0.hasPrefix("kubectl delete ") }
            )
        }
        let planner = FixPlanner(
            manifests: manifests,
            evidence: evidence,
            generated: MarkedRoles(manifests),
            candidates: candidates
        ) {
            [stage, includesDefaults = input.includesBootstrapPolicy] changed in
            .declared(
                changed,
                user: stage.identity.user,
                defaultNamespace: stage.defaultNamespace,
                includesDefaults: includesDefaults
            )
        }
        return planner.plan
    }

    // MARK: - Principal causes

    private func principalFindings() -> [Finding] {
        var order: [GroupKey] = []
        var groups: [GroupKey: Group] = [:]
        for state in judgement.states {
            guard let (proof, evidence) = principal(of: state) else { continue }
            let key = GroupKey(proof: proof, side: evidence.side.kind)
            if groups[key] == nil {
                order.append(key)
                groups[key] = Group(proof: proof, evidence: evidence, calls: [])
            }
            groups[key]?.calls.append(state.call)
        }
        var findings: [Finding] = []
        var taken = live.objectNames
        for key in order {
            guard var group = groups[key] else { continue }
            group.evidence.takenNames = taken
            guard let finding = finding(group) else { continue }
            taken.formUnion(finding.remedy?.newNames ?? [])
            findings.append(finding)
        }
        for (index, representative) in judgement.alternatives.sorted(by: { $0.key < $1.key }) {
            guard let position = findings.firstIndex(where: { $0.requirements.contains(representative) }) else {
                continue
            }
            findings[position].requirements = (findings[position].requirements + [index]).sorted()
            let other = judgement.states[index].call
            let line = "\(Wording.verbs([other])) on \(Wording.targets([other])) would do as well"
            if !findings[position].evidence.contains(line) { findings[position].evidence.append(line) }
        }
        return findings + NoAnswer.findings(judgement)
    }

    private func principal(of state: Judgement.State) -> (proof: Proof, evidence: Evidence)? {
        let call = state.call
        if state.isCovered || judgement.alternatives[call.index] != nil { return nil }
        if let evidence = judgement.evidence {
            if state.declared == .missing { return (Causes.principal(of: call, evidence), evidence) }
            if state.declared == .notEvaluated, state.isMet == nil, let proof = UnreadableRole.proof(call, evidence) {
                return (proof, evidence)
            }
        }
        guard state.isMet == false else { return nil }
        if judgement.effective.decisive(call)?.isExplicitDenial ?? false {
            return (DeniedElsewhere.explicitProof, live.live ?? live.declared ?? empty)
        }
        let answer = live.principal(of: call)
        let evidence = answer.side == .cluster ? live.live ?? live.declared : live.declared ?? live.live
        return (answer.proof, evidence ?? empty)
    }

    /// What a finding is worded with where neither manifests nor objects of the cluster are there.
    private var empty: Evidence {
        Evidence(
            side: .declared(
                ManifestSet(),
                user: stage.identity.user,
                defaultNamespace: stage.defaultNamespace,
                includesDefaults: false
            ),
            calls: judgement.states.map(\.call),
            identity: stage.identity,
            defaultNamespace: stage.defaultNamespace,
            known: .builtin
        )
    }

    private func finding(_ group: Group) -> Finding? {
        guard let cause = Causes.cause(group.proof.code) else { return nil }
        var finding = cause.finding(group.proof, group.calls, group.evidence)
        if isAboutSomebodyElse, group.evidence.side.kind == .cluster || group.proof.code == .accessDenied {
            finding = aboutSelf(finding, group.proof)
        } else if group.evidence.side.kind == .cluster, let declared = judgement.evidence {
            finding = applied(finding, group, declared)
        }
        finding.evidence += EffectiveWords.lines(group.calls, judgement.effective)
        if finding.code == .accessDenied { finding.evidence += live.heldLines(group.calls) + live.gapLines }
        return finding
    }

    /// Whether only whoever asks was asked about, and the manifests are for another.
    private var isAboutSomebodyElse: Bool {
        guard let own = judgement.effective.own, judgement.effective.operators == nil, input.manifests != nil,
            stage.identity.source != .assumed
        else { return false }
        return own.user.name != stage.identity.user.name
    }

    /// The manifests may be right and applied, and grant nothing to whoever asked.
    private func aboutSelf(_ finding: Finding, _ proof: Proof) -> Finding {
        let isAboutObjects = Causes.reach.contains { $0.code == proof.code } || proof.code == .accessDenied
        guard isAboutObjects, let own = judgement.effective.own else { return finding }
        let (you, them) = (Wording.user(own.user), Wording.user(stage.identity.user))
        var finding = finding
        finding.title = finding.title.replacing("the operator \(you)", with: "you, \(you)")
        func turned(_ text: String) -> String {
            text.replacing("the operator is", with: "you are").replacing("the operator: user", with: "you: user")
        }
        finding.evidence = finding.evidence.map(turned)
        for (place, location) in finding.locations.enumerated() {
            for (index, label) in location.labels.enumerated() {
                finding.locations[place].labels[index].text = turned(label.text)
            }
        }
        finding.explanation =
            "Only your own access was asked about, and the manifests are for the operator \(them). "
            + turned(finding.explanation)
        let rules = finding.remedy?.rules ?? []
        finding.remedy = Remedy(
            summary: "ask about the operator with --identity operator; what you call yourself has to be granted to you",
            rules: rules
        )
        return finding
    }

    /// The manifests have right what is wrong in the cluster: applying them is the remedy.
    private func applied(_ finding: Finding, _ group: Group, _ declared: Evidence) -> Finding {
        var finding = finding
        let isAboutObjects = Causes.reach.contains { $0.code == group.proof.code }
        guard isAboutObjects else { return finding }
        finding.title = "in the cluster, \(finding.title)"
        // What is underlined is the manifest; what is said beside it is about the object that it stands for.
        for (place, location) in finding.locations.enumerated() {
            for (index, label) in location.labels.enumerated() where !label.text.isEmpty {
                finding.locations[place].labels[index].text = "in the cluster: \(label.text)"
            }
        }
        guard !declared.side.manifests.countsRolesAsBound else {
            // Applied again they would bind nothing either.
            finding.explanation = "The manifests hold roles, and no binding. " + finding.explanation
            return finding
        }
        finding.explanation =
            "The manifests grant what is called; the cluster differs from them. " + finding.explanation
        var remedy = ApplyCommands(declared).remedy(
            summary: "apply the manifests, which have it right",
            deleting: live.bindingsWithOtherRole
        )
        remedy.rules = finding.remedy?.rules ?? []
        finding.remedy = remedy
        return finding
    }

    // MARK: - What stands around the findings

    private var identities: [CheckReport.Identity] {
        let effective = judgement.effective
        var identities: [CheckReport.Identity] = []
        if let own = effective.own, !own.user.name.isEmpty {
            let via: CheckReport.Identity.Via = input.asUser == nil ? own.via : .impersonation
            identities.append(.init(role: .`self`, user: own.user, via: via))
        }
        if let operators = effective.operators {
            identities.append(.init(role: .operator, user: operators.user, via: operators.via))
        } else if let manifests = input.manifests, !isNobody(manifests) {
            identities.append(.init(role: .operator, user: stage.identity.user, via: .manifests))
        }
        return identities
    }

    /// Whether the manifests name several that may be the operator, and nothing had to be judged for one of them.
    private func isNobody(_ manifests: ManifestSet) -> Bool {
        stage.identity.source == .assumed && judgement.states.isEmpty && !manifests.bindings.isEmpty
    }

    private var notes: [String] {
        var notes = stage.notes
        guard let manifests = input.manifests else { return notes }
        if manifests.countsRolesAsBound {
            notes.append(
                "the manifests hold roles and no binding: they are judged as if they were bound to the operator, a "
                    + "ClusterRole in the whole cluster and a Role in its namespace"
            )
        }
        return notes
    }

    private var discoveryFailure: [CheckReport.Failure] {
        served.failures(for: judgement.states.map(\.call)).map { .init(stage: .discovery, message: $0) }
    }
}

extension [Finding] {
    /// Errors first, then by file and line; what has no place last. Equal ones stay in their order.
    func inReportOrder() -> [Finding] {
        enumerated().sorted { first, second in
            if first.element.severity != second.element.severity {
                return first.element.severity > second.element.severity
            }
            let places = (first.element.locations.first, second.element.locations.first)
            switch places {
            case (let a?, let b?):
                if a.range.file != b.range.file { return a.range.file < b.range.file }
                if a.range.start.line != b.range.start.line { return a.range.start.line < b.range.start.line }
            case (_?, nil): return true
            case (nil, _?): return false
            case (nil, nil): break
            }
            let codes = (first.element.code.rawValue, second.element.code.rawValue)
            if codes.0 != codes.1 { return codes.0 < codes.1 }
            return first.offset < second.offset
        }.map(\.element)
    }

    fileprivate var places: [SourceRange] { flatMap { $0.locations.map(\.range) } }
}
