import Manifests
import RBAC
import Syntax

/// `role-ref-dangling`: a binding of the operator refers to a role that does not exist, as far as is known, and one that grants
/// the call is bound to nobody.
enum RoleRefDangling: ReachCause {
    static let code = FindingCode.roleRefDangling

    static func proof(_ call: Call, granting: [RuleRef], _ evidence: Evidence) -> Proof? {
        let side = evidence.side
        let unbound = granting.filter { side.isUnbound($0.role) }
        var best: (rank: Int, proof: Proof)?
        for binding in side.danglingBindings
        where !evidence.rolesInCluster.contains(ObjectKey(referredBy: side.policy.bindings[binding])) {
            for ref in unbound {
                let rank = closeness(binding, to: ref.role, side)
                // Of another namespace only where it names the very role.
                guard side.covers(binding, call) || rank == 0 else { continue }
                if best.map({ rank < $0.rank }) ?? true {
                    best = (rank, Proof(code: code, role: ref.role, binding: binding))
                }
            }
        }
        return best?.proof
    }

    /// 0 where the role only stands elsewhere or is of the other kind, then by how much the names differ.
    private static func closeness(_ binding: Int, to role: Int, _ side: PolicySide) -> Int {
        let reference = side.policy.bindings[binding].roleRef.name
        return editDistance(reference, side.policy.roles[role].name, limit: 8) ?? 9
    }

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let side = evidence.side
        let bindingIndex = proof.binding ?? 0
        let binding = side.policy.bindings[bindingIndex]
        let role = side.policy.roles[proof.role ?? 0]
        let missing = "\(binding.roleRef.kind) `\(binding.roleRef.name)`"
        let isElsewhere =
            role.kind == .role && binding.roleRef.kind == "Role" && role.name == binding.roleRef.name
        let place = isElsewhere ? " in namespace `\(binding.namespace)`" : ""
        let isOpen = isOpen(bindingIndex, role, evidence)
        let absence = isOpen ? "is not in the manifests" : "does not exist"
        return .principal(
            code,
            calls,
            title: "\(Wording.binding(binding)) refers to \(missing), which \(absence)\(place)",
            explanation: isOpen
                ? "Whether the role is in the cluster is not known here. \(Wording.role(role)) grants what is called, and no "
                    + "binding refers to it."
                : why(binding, role, isElsewhere: isElsewhere),
            locations: [
                side.location(ofRoleRef: bindingIndex, isOpen ? "not in the manifests" : "no such role\(place)"),
                side.location(ofRole: proof.role ?? 0, isElsewhere ? "stands in `\(role.namespace)`" : "grants this"),
            ],
            evidence: [
                "\(Wording.binding(binding)) binds the operator to \(missing)",
                evidence.holders(ofRole: proof.role ?? 0),
            ],
            remedy: remedy(bindingIndex, role, calls, evidence)
        )
    }

    /// Whether the binding may refer to a role of the cluster that nobody looked for: where it names one that the manifests have
    /// in another place, or nearly, that is what was meant.
    private static func isOpen(_ binding: Int, _ role: Role, _ evidence: Evidence) -> Bool {
        guard evidence.side.kind == .manifests, !evidence.knowsRolesInCluster else { return false }
        return editDistance(evidence.side.policy.bindings[binding].roleRef.name, role.name, limit: 3) == nil
    }

    private static func why(_ binding: Binding, _ role: Role, isElsewhere: Bool) -> String {
        if isElsewhere {
            return
                "A RoleBinding looks for a Role in its own namespace, `\(binding.namespace)`, and the Role stands in "
                + "`\(role.namespace)`. The API server accepts such a binding, and it grants nothing."
        }
        if role.name == binding.roleRef.name, role.kind.rawValue != binding.roleRef.kind {
            return "The binding refers to a \(binding.roleRef.kind), and `\(role.name)` is a \(role.kind.rawValue). "
                + "The API server accepts such a binding, and it grants nothing."
        }
        return "The API server accepts a binding to a role that does not exist, and it grants nothing. "
            + "\(Wording.role(role)) grants what is called, and no binding refers to it."
    }

    /// A live `roleRef` cannot be changed, so the old binding goes first.
    private static func remedy(_ bindingIndex: Int, _ role: Role, _ calls: [Call], _ evidence: Evidence) -> Remedy {
        let binding = evidence.side.policy.bindings[bindingIndex]
        let builder = RemedyBuilder(evidence)
        let rules = builder.exactRules(calls, withNames: false)
        let reaches = calls.allSatisfy { evidence.side.covers(bindingIndex, $0) }
        let finds = role.kind == .clusterRole || (binding.kind == .roleBinding && binding.namespace == role.namespace)
        if isOpen(bindingIndex, role, evidence) {
            let namespace = role.kind == .role ? role.namespace : NotBound.namespace(for: calls)
            if role.kind == .role, calls.contains(where: { $0.home != role.namespace }) {
                return builder.grant(calls, near: nil)
            }
            var remedy = Remedy.creating(
                [NewObjects(evidence).binding(to: role, inNamespace: namespace)],
                summary: "bind \(Wording.role(role)) to the operator; or, if \(Wording.binding(binding)) was meant to, "
                    + "correct its `roleRef`",
                rules: rules
            )
            if reaches, finds { remedy.corrections = corrections(bindingIndex, role, evidence) }
            return remedy
        }
        guard reaches, finds else {
            if reaches, role.name == binding.roleRef.name, binding.roleRef.kind == "Role" {
                return moving(role, to: binding.namespace, rules)
            }
            if role.kind == .role, calls.contains(where: { $0.home != role.namespace }) {
                // Bound where it is, the Role would not reach the calls.
                return builder.grant(calls, near: nil)
            }
            let namespace = role.kind == .role ? role.namespace : NotBound.namespace(for: calls)
            let new = NewObjects(evidence).binding(to: role, inNamespace: namespace)
            return .creating([new], summary: "bind \(Wording.role(role)) where it is", rules: rules)
        }
        var mended = binding
        mended.roleRef = RoleRef(kind: role.kind.rawValue, name: role.name)
        var remedy = Remedy(
            summary: "refer to \(Wording.role(role)); a `roleRef` cannot be changed in the cluster, so delete the old "
                + "binding first",
            rules: rules,
            commands: [Kubectl.delete(binding), Kubectl.create(mended)],
            replacement: YAMLText.roleRef(mended.roleRef)
        )
        remedy.corrections = corrections(bindingIndex, role, evidence)
        return remedy
    }

    private static func corrections(_ binding: Int, _ role: Role, _ evidence: Evidence) -> [ManifestCorrection] {
        guard let manifest = evidence.side.manifestBinding(binding) else { return [] }
        let written = evidence.side.manifests.roles.first { $0.kind == role.kind && $0.identity.name == role.name }
        let name = written?.identity.nameInFile ?? role.name
        return [.setRoleRef(binding: manifest.range, kind: role.kind.rawValue, name: name)]
    }

    /// The Role belongs where its binding is.
    private static func moving(_ role: Role, to namespace: String, _ rules: [PolicyRule]) -> Remedy {
        var moved = role
        moved.namespace = namespace
        return Remedy(
            summary: "put \(Wording.role(role)) into namespace `\(namespace)`, where its binding is",
            rules: rules,
            commands: [Kubectl.apply(yaml: YAMLText.role(moved))],
            replacement: ["metadata:", "  namespace: \(yamlScalar(namespace))"]
        )
    }
}
