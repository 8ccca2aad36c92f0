import Manifests
import RBAC
import Syntax

/// Names the markers behind what findings point at: a rule of a generated role is mended in the code.
struct MarkerAttribution {
    let manifests: ManifestSet
    let generated: MarkedRoles
    private let rules: [SourceRange: (role: MarkedRole, rule: PolicyRule)]

    init(_ manifests: ManifestSet, _ generated: MarkedRoles) {
        self.manifests = manifests
        self.generated = generated
        var rules: [SourceRange: (role: MarkedRole, rule: PolicyRule)] = [:]
        for role in generated.roles {
            for rule in manifests.roles[role.role].rules { rules[rule.range] = (role, rule.rule) }
        }
        self.rules = rules
    }

    /// - Parameter calls: those of the finding.
    func applied(to finding: Finding, _ calls: [Call]) -> Finding {
        guard !generated.roles.isEmpty, finding.code != .markerDrift else { return finding }
        var finding = finding
        addSources(&finding)
        if finding.isPrincipal { addIgnored(&finding, calls) }
        return finding
    }

    private func addSources(_ finding: inout Finding) {
        guard let location = finding.locations.first(where: { rules[$0.range] != nil }),
            let place = rules[location.range]
        else { return }
        let markers = place.role.sources(of: place.rule)
        guard !markers.isEmpty else { return }
        let places = markers.prefix(3).map(\.place).joined(separator: ", ")
        let more = markers.count > 3 ? " and \(markers.count - 3) more" : ""
        finding.evidence.append(
            markers.count == 1
                ? "the rule is generated from the marker at \(places)"
                : "the rule is generated from the markers at \(places)\(more)"
        )
        finding.locations += markers.prefix(3).map { marker in
            let label = FindingLocation.Label(range: marker.range, text: "the rule is generated from this marker")
            return FindingLocation(range: marker.range, labels: [label])
        }
    }

    /// A marker that would grant the calls if it were not ignored.
    private func addIgnored(_ finding: inout Finding, _ calls: [Call]) {
        for ignored in generated.ignored {
            guard let marker = ignored.marker, calls.contains(where: { $0.isGranted(by: marker.rule) }) else {
                continue
            }
            finding.evidence.append(
                "the marker at \(marker.place) would grant it and is ignored: \(ignored.reason.words)"
            )
            let label = FindingLocation.Label(range: marker.range, text: "ignored")
            finding.locations.append(FindingLocation(range: marker.range, labels: [label]))
        }
    }
}
