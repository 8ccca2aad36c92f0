import RBAC

/// Role vs role: what is granted, to whom and where, before (A) and after (B).
///
/// Compared as permissions in their scopes, grantee by grantee; how rules are ordered, split or spread over roles is no
/// difference. A side that binds nothing counts as the operator's; so does the other side's operator then. Roles that
/// nobody is given are compared by their names.
package func diffRoles(_ a: DiffInput, _ b: DiffInput) -> DiffReport {
    var report = DiffReport(comparison: .roleToRole, a: a.side, b: b.side)
    report.texts = a.texts.merging(b.texts) { first, _ in first }
    let (a, b) = (a.closing(openNamespaceLike: b), b.closing(openNamespaceLike: a))
    let (old, new) = comparableGrants(a, b)
    let before = GrantView(input: a, grants: old)
    let after = GrantView(input: b, grants: new)
    report.onlyInA = before.differences(from: after, change: .removed, partly: .narrowed)
    report.onlyInB = after.differences(from: before, change: .added, partly: .widened)
    report.inBoth = before.common(with: after)
    if old.isBare || new.isBare, a.user != nil || b.user != nil {
        report.notes.append("nothing is bound in one of them: its roles are taken as bound to the operator")
    }
    return report
}

/// The grants of both sides, with one name for one grantee.
private func comparableGrants(_ a: DiffInput, _ b: DiffInput) -> (Grants, Grants) {
    var (old, new) = (Grants(a), Grants(b))
    if old.isBare != new.isBare {
        let bound = old.isBare ? b : a
        if let user = bound.user {
            old.rename(.subject(user.subjectTitle), to: .theOperator)
            new.rename(.subject(user.subjectTitle), to: .theOperator)
        } else {
            (old, new) = (Grants(a, ignoresBindings: true), Grants(b, ignoresBindings: true))
        }
    }
    old.dropUnboundRoles(boundIn: new)
    new.dropUnboundRoles(boundIn: old)
    return (old, new)
}

extension Grants {
    /// A role that nobody has on this side and somebody on the other: what changed is told where it is bound.
    fileprivate mutating func dropUnboundRoles(boundIn other: Grants) {
        let titles = other.boundRoles
        known.removeAll { grant in
            if case .nobody(let role) = grant.grantee { return titles.contains(role) }
            return false
        }
    }
}
