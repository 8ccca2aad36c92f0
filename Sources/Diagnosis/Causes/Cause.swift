import RBAC
import Traces

/// Why a call is not granted, as far as the evidence proves it. Calls with equal proofs have one cause and share a finding.
struct Proof: Hashable, Sendable {
    var code: FindingCode
    /// The rule that it is about.
    var rule: RuleRef?
    var role: Int?
    /// A second role: the one that should have collected the first.
    var aggregate: Int?
    var binding: Int?
    /// Into the binding's subjects.
    var subject: Int?
    var target: Target?
    /// Text that tells proofs apart: what stands there instead of what was meant.
    var detail = ""
}

/// A reason why a call is not granted; one file a code.
protocol Cause: SendableMetatype {
    static var code: FindingCode { get }

    /// One finding for all calls that share a proof.
    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding
}

/// Holds where a rule grants the call, but not to the operator in this place.
protocol ReachCause: Cause {
    /// - Parameter granting: the rules that would grant the call, not empty.
    static func proof(_ call: Call, granting: [RuleRef], _ evidence: Evidence) -> Proof?
}

/// Holds where no rule grants the call and one comes close.
protocol NearMissCause: Cause {
    static func proof(_ call: Call, among tier: Evidence.Tier, _ evidence: Evidence) -> Proof?
}

/// The causes in the order of the contract: the first that holds is the principal one.
enum Causes {
    static let reach: [any ReachCause.Type] = [
        ClusterScopeInRole.self, NamespaceScopeTooNarrow.self, AggregationUnmatched.self, RoleRefDangling.self,
        SubjectMismatch.self, NotBound.self,
    ]

    static let nearMisses: [any NearMissCause.Type] = [
        ResourceNamesRestricted.self, VerbMissing.self, SubresourceMissing.self, APIGroupWrong.self,
        ResourceNameWrong.self,
    ]

    /// Every cause that a proof can name, by its code.
    static func cause(_ code: FindingCode) -> (any Cause.Type)? {
        let others: [any Cause.Type] = [
            RuleMissing.self, UnreadableRole.self, NotApplied.self, RoleOutdated.self, DeniedElsewhere.self,
            AccessDenied.self,
        ]
        let all: [any Cause.Type] = reach + nearMisses + others
        return all.first { $0.code == code }
    }

    /// The one principal cause of a call that the side does not grant.
    static func principal(of call: Call, _ evidence: Evidence) -> Proof {
        reachProof(call, evidence) ?? nearMiss(call, evidence) ?? RuleMissing.proof(call)
    }

    /// Why a rule that grants the call does not grant it to the operator here.
    static func reachProof(_ call: Call, _ evidence: Evidence) -> Proof? {
        let granting = evidence.side.rulesGranting(call)
        for cause in reach {
            if let proof = cause.proof(call, granting: granting, evidence) { return proof }
        }
        return nil
    }

    /// The operator's own rules come before those that might have been meant for it.
    static func nearMiss(_ call: Call, _ evidence: Evidence, in tiers: [Evidence.Tier] = [.own, .other]) -> Proof? {
        for tier in tiers {
            for cause in nearMisses {
                if let proof = cause.proof(call, among: tier, evidence) { return proof }
            }
        }
        return nil
    }
}

extension [Call] {
    /// A missing `required` call is an error; where all are `usual`, a warning.
    var severity: Severity { contains { $0.requirement.level == .required } ? .error : .warning }
}

extension Finding {
    /// The principal finding of calls that are not granted.
    static func principal(
        _ code: FindingCode,
        _ calls: [Call],
        title: String,
        explanation: String,
        locations: [FindingLocation?] = [],
        evidence: [String] = [],
        remedy: Remedy?
    ) -> Finding {
        var seen: Set<FindingLocation> = []
        return Finding(
            code: code,
            severity: calls.severity,
            isPrincipal: true,
            title: title,
            explanation: explanation,
            requirements: calls.map(\.index).sorted(),
            locations: locations.compactMap { $0 }.filter { seen.insert($0).inserted },
            evidence: evidence,
            remedy: remedy
        )
    }
}

extension Evidence {
    /// How far a role's rules are from granting the call once they match: 0 they would, 1 only elsewhere, 2 not at all.
    func distance(ofRole role: Int, from call: Call) -> Int {
        let reach = side.roles[role].reach
        return reach.includes(call.home) ? 0 : reach == .nowhere ? 2 : 1
    }

    /// Whether the calls would be granted if a written rule read so instead.
    func mends(_ rule: PolicyRule, at ref: RuleRef, _ calls: [Call]) -> Bool {
        side.written(ref) != nil
            && calls.allSatisfy { $0.isGranted(by: rule) && distance(ofRole: ref.role, from: $0) == 0 }
    }

    /// The rule that a rank puts first; of equals the first in the files.
    func nearest<Rank: Comparable>(_ rules: [RuleRef], by rank: (RuleRef) -> Rank) -> RuleRef? {
        rules.min { (rank($0), $0.role, $0.rule) < (rank($1), $1.role, $1.rule) }
    }

    /// Who holds a role, as a line of evidence.
    func holders(ofRole role: Int) -> String {
        let name = Wording.role(side.policy.roles[role])
        let facts = side.roles[role]
        guard let first = facts.bindings.first(where: { side.bindings[$0].bindsOperator }) ?? facts.bindings.first
        else {
            return side.kind == .manifests ? "\(name) is bound to nobody" : "nothing binds \(name) to the operator"
        }
        if side.bindings[first].isAssumed {
            return "\(name) has no binding here and is judged as if the operator had it"
        }
        let binding = side.policy.bindings[first]
        let place = binding.kind == .roleBinding ? " in namespace `\(binding.namespace)`" : ""
        let whom = side.bindings[first].bindsOperator ? "the operator" : Wording.subjects(of: binding)
        let more = facts.bindings.count > 1 ? ", and \(facts.bindings.count - 1) more" : ""
        return "\(name) is bound to \(whom)\(place) by \(Wording.binding(binding))\(more)"
    }
}
