import Manifests
import RBAC
import Syntax

/// Where the parts of a policy are written.
extension PolicySide {
    /// The role of the manifests that a rule is written in, and which of its rules it is. Of a rule that aggregation brought
    /// that is the role that it came from; of a live rule there is none.
    func written(_ ref: RuleRef) -> (role: Int, rule: Int)? {
        guard policy.roles.indices.contains(ref.role), policy.roles[ref.role].rules.indices.contains(ref.rule),
            let declared, case .rule(let role, let rule) = declared[policy.roles[ref.role].rules[ref.rule].source]
        else { return nil }
        return (role, rule)
    }

    func manifestRule(_ ref: RuleRef) -> RuleManifest? {
        written(ref).map { manifests.roles[$0.role].rules[$0.rule] }
    }

    /// The manifest of a role of the policy.
    func manifestRole(_ role: Int) -> RoleManifest? { roles[role].manifest.map { manifests.roles[$0] } }

    func manifestBinding(_ binding: Int) -> BindingManifest? {
        bindings[binding].manifest.map { manifests.bindings[$0] }
    }

    /// The whole rule with some of its entries underlined; the role where the rule's own place is not known.
    func location(of ref: RuleRef, _ labels: [FindingLocation.Label] = []) -> FindingLocation? {
        if let rule = manifestRule(ref) { return FindingLocation(range: rule.range, labels: labels) }
        return location(ofRole: ref.role, "")
    }

    /// The role's name, with words beside it.
    func location(ofRole role: Int, _ text: String) -> FindingLocation? {
        manifestRole(role).map { role in
            FindingLocation(
                range: role.nameRange,
                labels: text.isEmpty ? [] : [FindingLocation.Label(range: role.nameRange, text: text)]
            )
        }
    }

    func location(ofBinding binding: Int, _ text: String) -> FindingLocation? {
        manifestBinding(binding).map { binding in
            FindingLocation(
                range: binding.nameRange,
                labels: [FindingLocation.Label(range: binding.nameRange, text: text)]
            )
        }
    }

    func location(ofRoleRef binding: Int, _ text: String) -> FindingLocation? {
        manifestBinding(binding).map { binding in
            FindingLocation(
                range: binding.roleRefRange,
                labels: [FindingLocation.Label(range: binding.roleRefRange, text: text)]
            )
        }
    }

    func location(ofSubject subject: Int, ofBinding binding: Int, _ text: String) -> FindingLocation? {
        guard let manifest = manifestBinding(binding) else { return nil }
        guard manifest.subjectRanges.indices.contains(subject) else { return location(ofBinding: binding, text) }
        let range = manifest.subjectRanges[subject]
        return FindingLocation(range: range, labels: [FindingLocation.Label(range: range, text: text)])
    }
}

extension PolicySide {
    /// The edit that writes other entries in place of one of a written rule.
    func correction(of old: String, in list: RuleList, to new: [String], at ref: RuleRef) -> [ManifestCorrection] {
        guard let place = written(ref) else { return [] }
        let role = manifests.roles[place.role]
        return [
            .replaceEntry(role: role.range, rule: role.rules[place.rule].range, list: list, old: old, new: new)
        ]
    }
}

extension RuleManifest {
    /// The entries of a list that pass a test, underlined; the words stand beside the last. Where none does, the list.
    func labels(
        _ list: KeyPath<PolicyRule, [String]>,
        _ text: String,
        where isMeant: (String) -> Bool = { _ in true }
    ) -> [FindingLocation.Label] {
        let chosen = entries(list).filter { isMeant($0.text) }
        return chosen.enumerated().map { index, entry in
            FindingLocation.Label(range: entry.range, text: index == chosen.count - 1 ? text : "")
        }
    }
}
