import Manifests
import RBAC
import Syntax

/// `unknown`, on the declared side: a binding of the operator refers to a role that is neither in the files nor built in, so
/// that it may or may not grant the call.
enum UnreadableRole: Cause {
    static let code = FindingCode.unknown

    /// - Returns: `nil` where no such binding reaches the call, or a role of the files grants the call and nothing binds it:
    ///   then the reference is wrong rather than beyond these files.
    static func proof(_ call: Call, _ evidence: Evidence) -> Proof? {
        let side = evidence.side
        guard let binding = side.danglingBindings.first(where: { side.covers($0, call) }) else { return nil }
        let isGrantedUnbound = side.rulesGranting(call).contains { ref in
            side.isUnbound(ref.role) && !side.roles[ref.role].isBuiltIn
        }
        return isGrantedUnbound ? nil : Proof(code: code, binding: binding)
    }

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let side = evidence.side
        let bindings = side.danglingBindings.filter { index in calls.contains { side.covers(index, $0) } }
        let references = bindings.map { side.policy.bindings[$0].roleRef }
        let names = Wording.list(references.map { "\($0.kind)/\($0.name)" })
        var finding = Finding.principal(
            code,
            calls,
            title: "\(names) is not in the manifests, so \(Wording.targets(calls)) cannot be judged",
            explanation:
                "The operator is bound to \(names), which is neither in the files nor one that every cluster has. What "
                + "it grants is not known, and no other role that the operator has grants these calls.",
            locations: bindings.map { side.location(ofRoleRef: $0, "not in the manifests") },
            evidence: bindings.map { index in
                let binding = side.policy.bindings[index]
                return
                    "not read: \(binding.roleRef.kind) `\(binding.roleRef.name)`, named by \(Wording.binding(binding))"
            },
            remedy: Remedy(summary: "name the file that defines the role with -r as well, or ask the cluster")
        )
        finding.severity = .warning
        return finding
    }
}
