import RBAC
import Traces

/// What one run of an operator showed.
package struct RunReport: Sendable {
    package var access: RunAccess
    /// The check of the calls of this run; `nil` where there are no manifests.
    package var check: CheckReport?
    /// What was refused, in the order in which it first was.
    package var refusals: [ExplainedCall]
    package var calls: Int
    package var requirements: Int
    /// What could not be judged in the server's place, a line each.
    package var unjudged: [String]
    /// Of the command, as a shell says it.
    package var status: Int32
    /// An informer's list that was refused, so that its cache never fills.
    package var waitedFor: RefusedCall?
    /// Whether nothing else went on at the end.
    package var stoodStill: Bool

    package init(
        access: RunAccess,
        check: CheckReport?,
        refusals: [ExplainedCall],
        calls: Int,
        requirements: Int,
        unjudged: [String],
        status: Int32,
        waitedFor: RefusedCall?,
        stoodStill: Bool
    ) {
        self.access = access
        self.check = check
        self.refusals = refusals
        self.calls = calls
        self.requirements = requirements
        self.unjudged = unjudged
        self.status = status
        self.waitedFor = waitedFor
        self.stoodStill = stoodStill
    }

    /// Findings about calls of this run; what is said of the manifests as such is not among them.
    package var findings: [Finding] {
        check?.findings.filter { !$0.requirements.isEmpty && !Self.lints.contains($0.code) } ?? []
    }

    private static let lints: Set<FindingCode> = [
        .excessPermission, .wildcardGrant, .riskyPermission, .ruleInvalid, .crdInvalid, .markerDrift,
    ]

    /// Causes of calls that got through with your permissions, and that the manifests do not grant to the operator.
    package var masked: [Finding] {
        let masked = maskedCalls
        return causes.filter { $0.requirements.contains(where: masked.contains) }
    }

    /// Causes of what is needed and not granted apart from that and from what was refused: the other half of an informer, what
    /// an owner reference asks for.
    package var foreseen: [Finding] {
        let masked = maskedCalls
        return causes.filter { cause in
            cause.requirements.contains { !wasRefused($0) } && !cause.requirements.contains(where: masked.contains)
        }
    }

    private var causes: [Finding] { findings.filter(\.isPrincipal) }

    /// Indices into the check's requirements.
    private var maskedCalls: Set<Int> {
        let masked = findings.filter { $0.code == .maskedByBroaderIdentity }.flatMap(\.requirements)
        return Set(masked.filter { isCalled($0) && !wasRefused($0) })
    }

    private func isCalled(_ index: Int) -> Bool { check?.requirements[index].requirement.implied == nil }

    /// What an informer implies was refused with it.
    private func wasRefused(_ index: Int) -> Bool {
        guard let requirement = check?.requirements[index].requirement else { return false }
        if requirement.statuses[403] != nil || requirement.statuses[404] != nil { return true }
        return refusals.contains { explained in
            explained.call.status == 403
                && explained.refusal.asked.contains { asked in
                    var attributes = requirement.attributes
                    attributes.version = asked.version
                    return attributes == asked
                }
        }
    }

    /// Granted, and not called in this run.
    package var notExercised: [Finding] { check?.findings.filter { $0.code == .excessPermission } ?? [] }

    /// How many findings a call of this run gave, by weight; a refusal is one.
    package var counts: (errors: Int, warnings: Int) {
        (
            findings.count { $0.severity == .error } + refusals.count,
            findings.count { $0.severity == .warning }
        )
    }

    /// The command that writes what mends these calls; `nil` where no edit does.
    ///
    /// - Parameter flags: what the run was given, as `check` needs it too.
    package func fixCommand(_ flags: [String]) -> String? {
        guard let check else { return nil }
        var words = ["swiftop-rbac", "check"]
        if !check.fixes(FixOptions()).fixes.isEmpty { words.append("--fix") }
        let markers = check.fixes(FixOptions(editsManifests: false, editsMarkers: true))
        if !markers.fixes.isEmpty { words.append("--fix-markers") }
        return words.count > 2 ? (words + flags.map(shellWord)).joined(separator: " ") : nil
    }
}
