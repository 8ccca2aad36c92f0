import Diagnosis
import Manifests
import RBAC
import Traces

/// A project with one thing broken, and calls of which some are not allowed any more.
struct BrokenProject: Sendable, CustomStringConvertible {
    var project: Project
    var kind: Break
    var objects: ObjectSet
    /// Allowed before the break.
    var calls: [RequestAttributes]
    /// What each call is expected to get; `ok` where it is allowed still.
    var expected: [String]

    var description: String { "\(kind.rawValue) in \(project.name)" }

    /// Whether the contract's order names the code that the break is called after, for every call.
    var isPlain: Bool { expected.allSatisfy { $0 == "ok" || $0 == kind.namesake } }

    /// - Returns: `nil` where the break is none for this project, or changes nothing that is called.
    init?(_ kind: Break, _ candidate: BreakGenerator.Candidate, using random: inout some RandomNumberGenerator) {
        let (project, allowed) = (candidate.project, candidate.allowed)
        guard let objects = kind.applied(to: project, using: &random), objects.isUnambiguous else { return nil }
        let verdict = Verdict(objects: objects, account: project.account)
        let lost = allowed.filter { !verdict.grants($0) }.shuffled(using: &random).prefix(5)
        // Roles without any binding count as bound: contract, section 2.
        guard !lost.isEmpty, !objects.bindings.isEmpty else { return nil }
        let kept = allowed.filter { verdict.grants($0) }.shuffled(using: &random).prefix(5)
        let calls = lost + kept
        let cause = ExpectedCause(verdict: verdict, calls: Array(calls))
        self.project = project
        self.kind = kind
        self.objects = objects
        self.calls = Array(calls)
        expected = calls.map { verdict.grants($0) ? "ok" : cause.code($0) }
    }
}

extension [RequestAttributes] {
    /// As a trace has them.
    var requirements: [Requirement] {
        var set = RequirementSet()
        for call in self {
            var requirement = Requirement(key: .init(attributes: call), origins: ["trace"], count: 1)
            requirement.statuses = [200: 1]
            set.insert(requirement)
        }
        return set.requirements
    }
}

extension CheckReport {
    /// The principal code of each call; `ok` where it is met.
    func codes(_ calls: [RequestAttributes]) -> [String] {
        let judged = Dictionary(requirements.map { ($0.requirement.attributes, $0) }) { first, _ in first }
        return calls.map { call in
            guard let state = judged[call] else { return "not judged" }
            let codes = state.findings.map { findings[$0] }.filter(\.isPrincipal).map(\.code.rawValue)
            return codes.isEmpty ? (state.isMet == true ? "ok" : "none") : codes.joined(separator: "+")
        }
    }
}
