import Manifests
import RBAC
import Syntax

/// `marker-drift`: the markers and the role that is generated from them disagree, in either direction; or what reads like a
/// marker is none.
struct MarkerDrift {
    let manifests: ManifestSet
    let generated: MarkedRoles

    func findings() -> [Finding] {
        generated.roles.flatMap { [missing($0), added($0)].compactMap { $0 } } + ignoredFindings()
    }

    private func name(_ role: RoleManifest) -> String { "\(role.kind.rawValue) `\(role.identity.nameInFile)`" }

    private func halves(_ role: RoleManifest) -> [PolicyRule] { role.rules.flatMap(\.rule.halves) }

    // MARK: - Both ways

    /// What markers grant and the role does not.
    private func missing(_ generated: MarkedRole) -> Finding? {
        let role = manifests.roles[generated.role]
        let held = halves(role)
        let markers = generated.markers.compactMap { marker -> (RBACMarker, [PolicyRule])? in
            let rest = subtract(held, from: marker.rule.halves)
            return rest.isEmpty ? nil : (marker, rest)
        }
        guard !markers.isEmpty else { return nil }
        let all = compacted(markers.flatMap(\.1))
        let isOne = markers.count == 1
        return Finding(
            code: .markerDrift,
            severity: .warning,
            title:
                "\(name(role)) lacks what \(isOne ? "a marker" : "\(markers.count) markers") in the code grant\(isOne ? "s" : "")",
            explanation:
                "\(role.range.file) is generated from the markers, and has not been since they changed, or somebody "
                + "took rules out of it by hand. The next generation writes them.",
            locations: markers.map { marker, _ in
                location(marker.range, "not in \(role.range.file)")
            },
            evidence: markers.map { marker, rest in
                "\(marker.place) grants \(grantLines(rest).joined(separator: "; "))"
            },
            remedy: Remedy(
                summary: "generate \(role.range.file) anew, or take the marker\(isOne ? "" : "s") out",
                rules: all,
                commands: [generated.command]
            )
        )
    }

    /// What the role grants and no marker does.
    private func added(_ generated: MarkedRole) -> Finding? {
        let role = manifests.roles[generated.role]
        let marked = generated.halves
        let rules = role.rules.compactMap { rule -> (RuleManifest, [PolicyRule])? in
            let rest = subtract(marked, from: rule.rule.halves)
            return rest.isEmpty ? nil : (rule, rest)
        }
        guard !rules.isEmpty else { return nil }
        let all = compacted(rules.flatMap(\.1))
        let origin = generated.markers.first
        return Finding(
            code: .markerDrift,
            severity: .warning,
            title: "\(name(role)) grants what no marker in the code does",
            explanation:
                "\(role.range.file) is generated from the markers. What somebody added there by hand is gone after the "
                + "next generation.",
            locations: rules.map { rule, rest in
                FindingLocation(range: rule.range, labels: labels(rule, rest))
            },
            evidence: rules.map { rule, rest in
                "\(rule.range.file):\(rule.range.start.line) grants \(grantLines(rest).joined(separator: "; "))"
            } + ignoredSources(of: all),
            remedy: Remedy(
                summary:
                    "write it as a marker\(origin.map { ", beside \($0.place)" } ?? ""), or generate the file anew",
                rules: all,
                markers: all.map {
                    kubebuilderMarker($0, namespace: origin?.namespace ?? "", roleName: origin?.roleName ?? "")
                },
                commands: [generated.command]
            )
        )
    }

    /// The entries that no marker names at all; where each is named by one, the verbs.
    private func labels(_ rule: RuleManifest, _ rest: [PolicyRule]) -> [FindingLocation.Label] {
        let text = "no marker grants this"
        let resources = Set(rest.flatMap(\.resources) + rest.flatMap(\.nonResourceURLs))
        let verbs = Set(rest.flatMap(\.verbs))
        if verbs.count < Set(rule.rule.verbs).count { return rule.labels(\.verbs, text, where: verbs.contains) }
        let labels = rule.labels(\.resources, text, where: resources.contains)
        return labels.isEmpty ? rule.labels(\.nonResourceURLs, text, where: resources.contains) : labels
    }

    private func ignoredSources(of rules: [PolicyRule]) -> [String] {
        generated.ignored.compactMap { ignored in
            guard let marker = ignored.marker,
                subtract(marker.rule.halves, from: rules) != rules.flatMap(\.halves)
            else { return nil }
            return "a marker for it stands at \(marker.place) and is ignored: \(ignored.reason.words)"
        }
    }

    // MARK: - What is no marker

    private func ignoredFindings() -> [Finding] {
        // Where no role is generated from the markers, those that are ignored make no difference, unless that is the reason.
        let isOnly = manifests.markers?.hasMarkers == false
        guard !generated.roles.isEmpty || isOnly else { return [] }
        return generated.ignored.filter { isMeant($0) && (!isOnly || $0.reason.isSlip) }.map { ignored in
            let grants = ignored.marker.map { "it would grant \(grantLines($0.rule.halves).joined(separator: "; "))" }
            let isMalformed = if case .malformed = ignored.reason { true } else { false }
            return Finding(
                code: .markerDrift,
                severity: .warning,
                title: isMalformed
                    ? "controller-gen cannot read this marker: \(ignored.reason.words)"
                    : "controller-gen ignores this marker: \(ignored.reason.words)",
                explanation: isMalformed
                    ? "controller-gen reports an error here, and the role is written without the markers of this package."
                    : "\(ignored.reason.explanation) controller-gen says nothing about it: the role is generated without "
                        + "this rule.",
                locations: [location(ignored.range, isMalformed ? "not readable" : "ignored")],
                evidence: grants.map { [$0] } ?? [],
                remedy: Remedy(
                    summary: ignored.reason.remedy,
                    commands: generated.roles.first.map { [$0.command] } ?? []
                )
            )
        }
    }

    /// Whether a comment was meant as a marker. Of another name only what is a slip away: other tools have markers, too.
    private func isMeant(_ ignored: IgnoredMarker) -> Bool {
        guard case .misspelt(let name) = ignored.reason else { return true }
        let written = name.filter { $0 != " " && $0 != "+" }
        return ["groups", "resources", "resourceNames", "verbs", "urls", "namespace", "roleName"].contains { argument in
            editDistance(written, "kubebuilder:rbac:\(argument)", limit: 3) != nil
        }
    }

    private func location(_ range: SourceRange, _ text: String) -> FindingLocation {
        FindingLocation(range: range, labels: [FindingLocation.Label(range: range, text: text)])
    }
}

extension IgnoredMarker.Reason {
    /// Whether somebody meant it to count, rather than left it out by the choice of a file.
    fileprivate var isSlip: Bool {
        switch self {
        case .documentation, .inside, .trailing, .block, .misspelt, .malformed: true
        case .testFile, .notBuilt, .outsidePaths: false
        }
    }
}
