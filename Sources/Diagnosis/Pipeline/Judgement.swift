import RBAC
import Traces

/// What both sides say about each call, and whether it is met by that.
struct Judgement: Sendable {
    /// One call with what was found out about it.
    struct State: Sendable {
        var call: Call
        var declared: CheckReport.Declared
        var grantedBy: [String] = []
        var own: CheckReport.Effective
        var operators: CheckReport.Effective
        /// Met, unmet, or neither could be said.
        var isMet: Bool?
        /// Whether an alternative to this call is met, or may be, so that nothing is known to be missing.
        var isCovered = false

        /// The answer that says whether the call works.
        var decisive: CheckReport.Effective { operators == .notAsked ? own : operators }
        var isUnmet: Bool { isMet == false && !isCovered }
    }

    let evidence: Evidence?
    let effective: EffectiveSide
    private(set) var states: [State]
    /// Unmet calls that another unmet call stands for: the finding of either is enough.
    private(set) var alternatives: [Int: Int] = [:]

    init(_ calls: [Call], declared: Evidence?, effective: EffectiveSide) {
        self.evidence = declared
        self.effective = effective
        states = calls.map { call in
            var state = State(
                call: call,
                declared: .notEvaluated,
                own: EffectiveSide.effective(effective.own, call),
                operators: EffectiveSide.effective(effective.operators, call)
            )
            if let declared {
                state.declared = Self.declared(call, declared)
                if state.declared == .granted { state.grantedBy = declared.side.grantedBy(call) }
            }
            state.isMet = Self.isMet(state)
            return state
        }
        chooseAlternatives()
    }

    private static func declared(_ call: Call, _ evidence: Evidence) -> CheckReport.Declared {
        if evidence.side.grants(call) { return .granted }
        return UnreadableRole.proof(call, evidence) == nil ? .missing : .notEvaluated
    }

    /// Unmet: declared missing, or denied to the operator (to oneself, where only that was asked).
    private static func isMet(_ state: State) -> Bool? {
        if state.declared == .missing || state.decisive == .denied { return false }
        switch (state.declared, state.decisive) {
        case (_, .unknown): return nil
        case (.granted, _), (_, .allowed): return true
        default: return nil
        }
    }

    // MARK: - Alternatives

    private struct AlternativeKey: Hashable {
        var name: String
        var namespace: String
    }

    /// Of requirements that name the same alternative in the same namespace, those of one resource together are one way, and
    /// one way wholly met is enough.
    private mutating func chooseAlternatives() {
        var order: [AlternativeKey] = []
        var groups: [AlternativeKey: [Int]] = [:]
        for state in states {
            guard let name = state.call.requirement.alternativeGroup else { continue }
            let key = AlternativeKey(name: name, namespace: state.call.request.namespace)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(state.call.index)
        }
        for key in order { choose(among: groups[key] ?? []) }
    }

    private mutating func choose(among indices: [Int]) {
        var targets: [Target] = []
        for index in indices where !targets.contains(states[index].call.target) {
            targets.append(states[index].call.target)
        }
        guard targets.count > 1 else { return }
        let ways = targets.map { target in indices.filter { states[$0].call.target == target } }
        if ways.contains(where: { way in way.allSatisfy { states[$0].isMet == true } }) {
            return cover(indices.filter { states[$0].isMet != true }, isMet: true)
        }
        // Where nobody could say whether one way is met, nobody can say that another has to be.
        if ways.contains(where: { way in way.allSatisfy { states[$0].isMet != false } }) {
            return cover(indices.filter { states[$0].isMet == false }, isMet: nil)
        }
        // The way that the manifests lack least of is the one to mend; of equals one that a rule already comes close to.
        let unmet = ways.map { way in way.filter { states[$0].isMet == false } }
        guard let chosen = unmet.min(by: { rank($0) < rank($1) }), let representative = chosen.first
        else { return }
        for index in unmet.joined() where !chosen.contains(index) { alternatives[index] = representative }
    }

    private mutating func cover(_ indices: [Int], isMet: Bool?) {
        for index in indices {
            states[index].isCovered = true
            states[index].isMet = isMet
        }
    }

    private func rank(_ way: [Int]) -> (Int, Int, Int) {
        let strangers = way.count { index in
            guard let evidence else { return true }
            return Causes.principal(of: states[index].call, evidence).code == .ruleMissing
        }
        return (way.count { states[$0].declared == .missing }, way.count, strangers)
    }
}
