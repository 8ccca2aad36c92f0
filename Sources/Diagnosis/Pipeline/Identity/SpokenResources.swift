import RBAC
import Traces

/// Resources as people write them for `--need` and profiles: by kind, singular or short name, or without the group.
///
/// What was recorded is never touched: a call is to what its path says. Of several groups the first counts, as for kubectl.
struct SpokenResources {
    let known: KnownResources

    /// The requirements with each resource under its own name, and sentences about what was taken for what.
    func resolved(_ requirements: [Requirement]) -> (requirements: [Requirement], notes: [String]) {
        var notes: [String] = []
        var hasChanged = false
        let named = requirements.map { requirement in
            guard Self.isSpoken(requirement), let match = match(requirement.attributes) else { return requirement }
            hasChanged = true
            var result = requirement
            result.key.attributes.group = match.resource.group
            result.key.attributes.resource = match.resource.plural
            let note = note(requirement.attributes, match)
            if let note, !notes.contains(note) { notes.append(note) }
            return result
        }
        return hasChanged ? (RequirementSet(named).requirements, notes) : (requirements, notes)
    }

    private static func isSpoken(_ requirement: Requirement) -> Bool {
        requirement.attributes.isResourceRequest && !requirement.origins.isEmpty
            && requirement.origins.allSatisfy { $0.hasPrefix("--need ") || $0.hasPrefix("profile ") }
    }

    /// `nil` where the name is the resource's own, or nothing is known by it.
    private func match(_ request: RequestAttributes) -> KnownResources.Match? {
        guard known.resource(request.resource, group: request.group) == nil else { return nil }
        return known.named(request.resource, group: request.group.isEmpty ? nil : request.group).first
    }

    /// A missing group alone is no news, unless others have such a resource too.
    private func note(_ request: RequestAttributes, _ match: KnownResources.Match) -> String? {
        let others = known.named(request.resource, group: request.group.isEmpty ? nil : request.group)
            .dropFirst().filter { $0.form == match.form }
            .map { "`\(Target(group: $0.resource.group, resource: $0.resource.plural).description)`" }
        guard match.form != .plural || !others.isEmpty else { return nil }
        let target = Target(group: match.resource.group, resource: match.resource.plural).description
        let choice = others.isEmpty ? "" : "; there is \(others.joined(separator: " and ")) too"
        return "`\(Target(request).description)` is taken for `\(target)`\(choice)"
    }
}
