package import Syntax

import Manifests
import RBAC
import Traces

/// The smallest set of roles that allows the calls of one identity.
///
/// Taken apart into (group, resource, verb, name or URL), the rules grant nothing that no requirement needs. What every
/// cluster grants by default is left out.
///
/// - Throws: `InputError` where it cannot be told whose calls are meant.
package func generateRoles(_ input: GenerateInput) throws(InputError) -> GeneratedRoles {
    var stage = try IdentityStage.resolve(input.calls)
    let known = KnownResources.of(input.calls.manifests).adding(input.served)
    let spoken = SpokenResources(known: known).resolved(stage.requirements)
    stage.requirements = spoken.requirements
    stage.notes += spoken.notes
    let calls = CallBuilder(stage, known: known).calls(stage.requirements)
    let defaults = Authorizer(policy: BootstrapPolicy.defaultGrants).access(of: stage.identity.user)
    let needed = calls.filter { call in
        !input.calls.includesBootstrapPolicy || !defaults.decide(call.request).isAllowed
    }
    let naming = RoleNaming(stage.identity)
    return GeneratedRoles(
        roles: RolePlan(needed, input).roles,
        names: naming.names,
        user: naming.user,
        subject: naming.subject,
        requirements: calls.count,
        calls: calls.reduce(0) { Requirement.sum($0, $1.requirement.count) },
        grantedByDefault: calls.count - needed.count,
        notes: stage.notes
    )
}

/// Which role grants which calls.
private struct RolePlan {
    /// A permission but for its names.
    private struct Tuple: Hashable {
        var verb: String
        var target: Target
    }

    /// The names that a permission is needed for.
    private enum Names {
        case any
        case only(Set<String>)

        func union(_ other: Names) -> Names {
            guard case .only(let names) = self, case .only(let others) = other else { return .any }
            return .only(names.union(others))
        }
    }

    private let input: GenerateInput
    private let places: CallPlaces
    private let calls: [Call]

    /// More names than this are no list that a person would write.
    private static let mostNames = 5

    init(_ calls: [Call], _ input: GenerateInput) {
        self.calls = calls
        self.input = input
        places = CallPlaces(calls, scope: input.scope)
    }

    var roles: [GeneratedRoles.Role] {
        var byPlace: [String: [Call]] = [:]
        for call in calls { byPlace[places.namespace(of: call) ?? "", default: []].append(call) }
        let wide = byPlace.removeValue(forKey: "") ?? []
        let wideNeeds = needs(of: wide)
        var roles = [role(.clusterRole, "", wideNeeds, wide)]
        for (namespace, calls) in byPlace.sorted(by: { $0.key < $1.key }) {
            // What the ClusterRole grants everywhere need not be granted here again.
            let own = calls.filter { !Self.isGranted($0, by: wideNeeds) }
            roles.append(role(.role, namespace, needs(of: own), own))
        }
        return roles.filter { !$0.rules.isEmpty }
    }

    private func role(
        _ kind: Role.Kind,
        _ namespace: String,
        _ needs: [Tuple: Names],
        _ calls: [Call]
    ) -> GeneratedRoles.Role {
        let rules = compacted(needs.map { Self.rule($0.key, $0.value) })
        return GeneratedRoles.Role(
            kind: kind,
            namespace: namespace,
            rules: rules.map { rule in
                let reasons = RuleReasons(rule, calls)
                return GeneratedRoles.Rule(rule: rule, reasons: reasons.lines, origins: reasons.origins)
            }
        )
    }

    // MARK: - Permissions

    private func needs(of calls: [Call]) -> [Tuple: Names] {
        var needs: [Tuple: Names] = [:]
        for call in calls {
            let tuple = Tuple(verb: call.verb, target: call.target)
            let names: Names = isRestrictable(call) ? .only([call.request.name]) : .any
            needs[tuple] = needs[tuple]?.union(names) ?? names
        }
        return needs.mapValues { names in
            guard case .only(let list) = names, list.count > Self.mostNames else { return names }
            return .any
        }
    }

    /// Whether a rule with the call's name would allow the call: authorization saw one.
    private func isRestrictable(_ call: Call) -> Bool {
        input.usesResourceNames && call.request.isResourceRequest && !call.request.name.isEmpty && !call.hasManyNames
    }

    private static func isGranted(_ call: Call, by needs: [Tuple: Names]) -> Bool {
        guard let names = needs[Tuple(verb: call.verb, target: call.target)] else { return false }
        switch names {
        case .any: return true
        case .only(let names): return names.contains(call.request.name) && !call.hasManyNames
        }
    }

    private static func rule(_ tuple: Tuple, _ names: Names) -> PolicyRule {
        if let path = tuple.target.path { return PolicyRule(verbs: [tuple.verb], nonResourceURLs: [path]) }
        var rule = PolicyRule(
            verbs: [tuple.verb],
            apiGroups: [tuple.target.group],
            resources: [tuple.target.qualifiedResource]
        )
        if case .only(let names) = names { rule.resourceNames = names.sorted() }
        return rule
    }
}
