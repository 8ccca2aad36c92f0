import Manifests
import RBAC

/// `risky-permission`: grants that can be turned into more than they say. One finding a rule.
///
/// A rule that is limited by `resourceNames` is not counted: that is the advice. What no namespace can grant (`nodes/proxy`)
/// counts only where the role holds in the whole cluster, as does reading secrets.
func riskyPermission(_ role: LintedRole, _ context: LintContext) -> [Finding] {
    role.manifest.rules.compactMap { rule in
        let found = Risk.all.filter { $0.isGranted(by: rule.rule, inCluster: role.isClusterWide) }
        guard let first = found.first else { return nil }
        let location = FindingLocation(range: rule.range, labels: labels(of: found, in: rule))
        if first.isEverything {
            return finding(role, "\(first.name)", first.consequence(inCluster: role.isClusterWide), location, [])
        }
        guard found.count > 1 else {
            return finding(role, first.name, first.consequence(inCluster: role.isClusterWide), location, [])
        }
        return finding(
            role,
            "\(found.count) permissions that can be turned into more",
            "Each of them is worth more than it says; below is what it can be turned into.",
            location,
            found.map { "\($0.name): \($0.consequence(inCluster: role.isClusterWide))" }
        )
    }
}

private func finding(
    _ role: LintedRole,
    _ what: String,
    _ explanation: String,
    _ location: FindingLocation,
    _ evidence: [String]
) -> Finding {
    let scope = role.isClusterWide ? "" : " in its namespace"
    return Finding(
        code: .riskyPermission,
        severity: .warning,
        title: "\(role.title) grants \(what)\(scope)",
        explanation: explanation,
        locations: [location],
        evidence: evidence,
        remedy: Remedy(
            summary: role.isClusterWide
                ? "narrow it: a Role in the namespaces concerned, `resourceNames`, or fewer verbs; else guard the service "
                    + "account as an administrator's"
                : "narrow it: `resourceNames` or fewer verbs; else guard the service account as an administrator's"
        )
    )
}

/// The resources and verbs that make the risk, wildcards included.
private func labels(of risks: [Risk], in rule: RuleManifest) -> [FindingLocation.Label] {
    var labels: [FindingLocation.Label] = []
    for entry in rule.entries(\.resources) {
        let causes = risks.filter { risk in
            risk.isEverything || risk.resources.contains { PolicyRule.resourceEntry(entry.text, covers: $0) }
        }
        guard let cause = causes.first else { continue }
        let text = causes.count == 1 ? cause.label : "includes \(causes.count) permissions of weight"
        labels.append(FindingLocation.Label(range: entry.range, text: text))
    }
    let verbs = Set(risks.flatMap(\.verbs))
    for entry in rule.entries(\.verbs) where entry.text == "*" || (verbs.contains(entry.text) && verbs.count < 3) {
        labels.append(FindingLocation.Label(range: entry.range, text: ""))
    }
    return labels
}
