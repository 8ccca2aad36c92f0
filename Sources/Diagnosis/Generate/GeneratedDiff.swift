import RBAC

/// What the operator's roles grant beyond the generated ones, and lack of them, as a comparison of roles.
///
/// Of the existing side only what is bound to the operator counts, or all where nothing is bound.
///
/// - Parameter label: the generated side's name.
package func diffGenerated(_ generated: GeneratedRoles, from existing: DiffInput, label: String) -> DiffReport {
    var old = existing
    old.user = generated.user
    if !old.policy.bindings.isEmpty {
        let title = generated.user.subjectTitle
        let bindings = old.policy.bindings.filter { binding in
            binding.subjects.contains { $0.title(in: binding) == title }
        }
        let roles = Set(bindings.compactMap { old.policy.roleIndex(of: $0) })
        old.policy = Policy(
            roles: old.policy.roles.indices.filter(roles.contains).map { old.policy.roles[$0] },
            bindings: bindings
        )
    }
    let side = DiffReport.Side(kind: .trace, label: label)
    return diffRoles(old, DiffInput(side: side, policy: generated.policy, operator: generated.user))
}
