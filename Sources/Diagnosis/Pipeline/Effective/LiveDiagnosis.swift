import Manifests
import RBAC

/// Why a call is refused that the manifests grant: what of them is not in the cluster, or does not take effect there.
struct LiveDiagnosis: Sendable {
    /// `nil` without manifests.
    let declared: Evidence?
    /// `nil` where no object could be read.
    let live: Evidence?
    let objects: LiveObjects?
    /// What the server lists for whoever is refused, by namespace.
    let held: [String: ListedRules]
    /// Live roles by kind, namespace and name.
    private let liveRoles: [ObjectKey: Int]

    init(declared: Evidence?, live: Evidence?, objects: LiveObjects?, held: [String: ListedRules] = [:]) {
        self.declared = declared
        self.live = live
        self.objects = objects
        self.held = held
        var roles: [ObjectKey: Int] = [:]
        for (index, role) in (live?.side.policy.roles ?? []).enumerated() { roles[ObjectKey(role)] = index }
        liveRoles = roles
    }

    /// A proof and the side that its indices belong to.
    struct Answer {
        var proof: Proof
        var side: PolicySide.Kind
    }

    /// The principal cause, most specific that the readable objects prove.
    func principal(of call: Call) -> Answer {
        guard let live else { return Answer(proof: AccessDenied.proof(call), side: .manifests) }
        if live.side.grants(call) || isListed(call) {
            return Answer(proof: DeniedElsewhere.proof(call), side: .cluster)
        }
        guard let declared else { return ownRoles(call, live) }
        if !declared.side.grants(call), objects?.isCompleteForOperator(in: call.home) ?? false {
            // What the manifests left open, a role that they refer to and do not hold, is not in the cluster either.
            return Answer(proof: Causes.principal(of: call, declared), side: .manifests)
        }
        let origins = origins(call, declared)
        return missingObject(call, origins, declared, live) ?? reachAnswer(call, origins, declared, live)
    }

    /// A role of the manifests that is not in the cluster, or is there without the rule.
    private func missingObject(_ call: Call, _ origins: [Origin], _ declared: Evidence, _ live: Evidence) -> Answer? {
        for role in origins.flatMap({ [$0.rule.role] + ($0.aggregate.map { [$0] } ?? []) })
        where liveRole(role, declared) == nil && isReadable(role, declared) {
            return Answer(proof: Proof(code: .notApplied, role: role), side: .manifests)
        }
        func lacks(_ role: Int) -> Bool {
            guard let index = liveRole(role, declared) else { return false }
            return !live.side.policy.roles[index].rules.contains { call.isGranted(by: $0.rule) }
        }
        if let origin = origins.first(where: { lacks($0.rule.role) }) {
            return Answer(
                proof: Proof(code: .roleOutdated, rule: origin.rule, role: origin.rule.role),
                side: .manifests
            )
        }
        guard let origin = origins.first(where: { $0.aggregate.map(lacks) ?? false }) else { return nil }
        let proof = Proof(
            code: .aggregationUnmatched,
            role: origin.rule.role,
            aggregate: origin.aggregate,
            detail: isLabelled(origin, declared) ? AggregationUnmatched.notFilled : AggregationUnmatched.notLabelled
        )
        return Answer(proof: proof, side: .manifests)
    }

    /// Whether the piece has the labels in the cluster, too, by which the aggregated role collects it.
    private func isLabelled(_ origin: Origin, _ declared: Evidence) -> Bool {
        guard let labels = objects?.labels, let aggregate = origin.aggregate.flatMap(declared.side.manifestRole) else {
            return true
        }
        let live = labels[declared.side.policy.roles[origin.rule.role].name] ?? [:]
        return aggregate.aggregation?.selectors.contains { $0.matches(live) } ?? true
    }

    /// All roles are there with their rules: something between them and the operator is not.
    private func reachAnswer(_ call: Call, _ origins: [Origin], _ declared: Evidence, _ live: Evidence) -> Answer {
        guard origins.contains(where: { liveRole($0.rule.role, declared) != nil }),
            objects?.isCompleteForOperator(in: call.home) ?? false,
            let proof = Causes.reachProof(call, live)
        else { return Answer(proof: AccessDenied.proof(call), side: .cluster) }
        return Answer(proof: proof, side: .cluster)
    }

    /// Without manifests only what the operator has in the cluster can explain a refusal.
    private func ownRoles(_ call: Call, _ live: Evidence) -> Answer {
        guard objects?.isCompleteForOperator(in: call.home) ?? false else {
            return Answer(proof: AccessDenied.proof(call), side: .cluster)
        }
        return Answer(proof: Causes.principal(of: call, live), side: .cluster)
    }

    /// A rule of the manifests that grants a call, in the role that it is written in.
    private struct Origin: Hashable {
        var rule: RuleRef
        /// The aggregated role that collects it, where that is another one.
        var aggregate: Int?
    }

    private func origins(_ call: Call, _ declared: Evidence) -> [Origin] {
        let side = declared.side
        var seen: Set<Origin> = []
        return side.access.grants(of: call.request).compactMap { grant -> Origin? in
            let ref = RuleRef(role: grant.role, rule: grant.rule)
            guard side.ownBindings.contains(grant.binding), call.isGranted(by: side.rule(ref)) else { return nil }
            var origin = Origin(rule: ref)
            if let written = side.written(ref), written.role != side.roles[grant.role].manifest,
                let piece = side.ownRoles.first(where: { side.roles[$0].manifest == written.role })
            {
                origin = Origin(rule: RuleRef(role: piece, rule: written.rule), aggregate: grant.role)
            }
            return seen.insert(origin).inserted ? origin : nil
        }
    }

    private func liveRole(_ role: Int, _ declared: Evidence) -> Int? {
        liveRoles[ObjectKey(declared.side.policy.roles[role])]
    }

    /// Whether the role would have been seen if it were there.
    private func isReadable(_ role: Int, _ declared: Evidence) -> Bool {
        let role = declared.side.policy.roles[role]
        return objects?.isComplete(role.kind.rawValue, inNamespace: role.kind == .role ? role.namespace : nil) ?? false
    }
}

extension LiveDiagnosis {
    /// What the roles and bindings in the cluster are called.
    var objectNames: Set<String> {
        guard let policy = live?.side.policy else { return [] }
        return Set(policy.roles.map(\.name) + policy.bindings.map(\.name))
    }

    /// What could not be read, a line each.
    var gapLines: [String] {
        (objects?.gaps ?? []).map { gap in
            let place = gap.namespace.map { " in namespace `\($0)`" } ?? ""
            return "not read: \(gap.kind)s\(place) (\(gap.reason))"
        }
    }

    /// Live bindings whose namesake in the manifests refers to another role: they have to go before it can come.
    var bindingsWithOtherRole: [Binding] {
        guard let declared, let live else { return [] }
        let references = Dictionary(
            declared.side.ownBindings.map { index in
                let binding = declared.side.policy.bindings[index]
                return (ObjectKey(binding), ObjectKey(referredBy: binding))
            }
        ) { first, _ in first }
        return live.side.policy.bindings.filter { binding in
            references[ObjectKey(binding)].map { $0 != ObjectKey(referredBy: binding) } ?? false
        }
    }
}
