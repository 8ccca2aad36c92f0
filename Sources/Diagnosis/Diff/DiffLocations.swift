import Manifests
import RBAC
import Syntax

extension GrantView {
    /// The rules that a part of what is granted comes from, with the entries underlined that make the part.
    func locations(of part: PolicyRule, in grants: [Grant], text: String) -> [FindingLocation] {
        var seen: Set<SourceID> = []
        let sources = grants.filter { $0.half.intersection(part) != nil && seen.insert($0.source).inserted }
        let written = sources.compactMap { grant -> FindingLocation? in
            guard let rule = input.manifest(ofRule: grant.source),
                let shared = grant.half.part(coveredBy: part) ?? grant.half.intersection(part)
            else { return nil }
            return FindingLocation(range: rule.range, labels: rule.labels(of: shared, text: text))
        }
        // A role that no file holds is seen only where it is bound.
        return written.isEmpty ? bindingLocations(sources) : written
    }

    func bindingLocations(_ grants: [Grant]) -> [FindingLocation] {
        grants.compactMap(\.binding).uniqued().compactMap(bindingLocation)
    }

    func bindingLocation(_ index: Int) -> FindingLocation? {
        input.manifest(of: input.policy.bindings[index]).map { binding in
            FindingLocation(
                range: binding.roleRefRange,
                labels: [FindingLocation.Label(range: binding.roleRefRange, text: "refers to it")]
            )
        }
    }
}

/// Errors first, then by role, scope and rule, as the compaction orders rules; stable for equal input.
func reportOrder(_ first: DiffReport.Item, _ second: DiffReport.Item) -> Bool {
    func key(_ item: DiffReport.Item) -> [String] {
        guard case .rule(let granted) = item.content else { return [] }
        let rule = granted.rule
        return [
            item.severity == .error ? "0" : "1", granted.role, granted.namespace ?? "", granted.binding ?? "",
            rule == nil || rule?.isPathHalf == true ? "1" : "0",
            rule?.apiGroups.joined(separator: ",") ?? "",
            rule.map { $0.isPathHalf ? $0.nonResourceURLs : $0.resources }?.joined(separator: ",") ?? "",
            rule?.resourceNames.joined(separator: ",") ?? "", rule?.verbs.joined(separator: ",") ?? "",
            [.added, .removed, .notApplied].contains(item.change) ? "0" : "1", granted.subjects.joined(separator: ","),
        ]
    }
    return key(first).lexicographicallyPrecedes(key(second))
}
