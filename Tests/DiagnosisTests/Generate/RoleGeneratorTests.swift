import RBAC
import TestSupport
import Testing
import Traces

@testable import Diagnosis

/// What generated roles grant: all that is required, and nothing that no requirement needs.
@Suite struct RoleGeneratorTests {
    private static let scopes = GenerateInput.Scope.allCases

    @Test func grantsWhatIsRequiredAndNothingElse() throws {
        var random = SeededGenerator(seed: 6)
        var rules = 0
        for round in 0..<250 {
            let requirements = SampleCalls.requirements(&random)
            for scope in Self.scopes {
                for usesNames in [false, true] {
                    let generation = try Generation(requirements, scope, usesNames)
                    if let problem = generation.problem {
                        Issue.record("round \(round), \(scope), names \(usesNames): \(problem)")
                        return
                    }
                    rules += generation.generated.roles.reduce(0) { $0 + $1.rules.count }
                }
            }
        }
        #expect(rules > 5000)
    }

    /// Without any one rule something that is required is not granted.
    @Test func hasNoRuleTooMany() throws {
        var random = SeededGenerator(seed: 8)
        for round in 0..<80 {
            let requirements = SampleCalls.requirements(&random)
            for scope in Self.scopes {
                let generation = try Generation(requirements, scope, round.isMultiple(of: 2))
                for (role, rule) in generation.rules {
                    var policy = generation.generated.policy
                    policy.roles[role].rules.remove(at: rule)
                    #expect(
                        generation.refused(by: policy) != nil,
                        "round \(round), \(scope), role \(role), rule \(rule)"
                    )
                }
            }
        }
    }

    @Test func isTheSameForTheSameCallsInAnyOrder() throws {
        var random = SeededGenerator(seed: 9)
        for _ in 0..<60 {
            let requirements = SampleCalls.requirements(&random)
            let one = try Generation(requirements, .auto, true).generated
            let other = try Generation(requirements.shuffled(using: &random), .auto, true).generated
            #expect(one.roles == other.roles)
        }
    }

    // MARK: - Examples

    private static func calls(_ needs: [String]) throws -> [Requirement] {
        try needs.flatMap { try NeedExpression.parse($0) }
    }

    private static func rules(
        _ needs: [String],
        _ scope: GenerateInput.Scope = .auto,
        names: Bool = false
    ) throws -> [String] {
        let generated = try Generation(calls(needs), scope, names).generated
        return generated.roles.flatMap { role in
            role.rules.map { rule in
                let name = rule.rule.resourceNames.isEmpty ? "" : " [\(rule.rule.resourceNames.joined(separator: ","))]"
                let groups = rule.rule.apiGroups.map { $0.isEmpty ? "core" : $0 }.joined(separator: ",")
                let what = (rule.rule.resources + rule.rule.nonResourceURLs).joined(separator: ",")
                return "\(role.namespace.isEmpty ? "*" : role.namespace): \(rule.rule.verbs.joined(separator: ",")) "
                    + "\(groups.isEmpty ? "" : groups + ":")\(what)\(name)"
            }
        }
    }

    /// `resources: [pods, secrets], verbs: [get, list]` would grant two too many.
    @Test func joinsNoRulesWhoseProductIsMore() throws {
        #expect(try Self.rules(["get pods", "list secrets"]) == ["*: get core:pods", "*: list core:secrets"])
        #expect(
            try Self.rules(["get,list pods", "list,get secrets", "get,list deployments.apps"])
                == ["*: get,list core:pods,secrets", "*: get,list apps:deployments"]
        )
    }

    @Test func putsCallsWhereAPersonWould() throws {
        let own = ["get leases.coordination.k8s.io -n sys l", "update leases.coordination.k8s.io -n sys l"]
        #expect(try Self.rules(own) == ["sys: get,update coordination.k8s.io:leases"])
        // Called everywhere and in a namespace: once, everywhere.
        #expect(try Self.rules(["list secrets", "get secrets -n a x"]) == ["*: get,list core:secrets"])
        #expect(
            try Self.rules(["list secrets", "get secrets -n a x"], .namespace)
                == ["*: list core:secrets", "a: get core:secrets"]
        )
        // An operator with a list of namespaces, and one that watches all of them.
        let spread = ["create pods -n a", "create pods -n b", "create pods -n c"]
        #expect(try Self.rules(spread) == ["a: create core:pods", "b: create core:pods", "c: create core:pods"])
        #expect(try Self.rules(spread + ["create pods -n d"]) == ["*: create core:pods"])
        #expect(
            try Self.rules(spread + ["watch jobs.batch"]) == ["*: create core:pods", "*: watch batch:jobs"]
        )
        #expect(try Self.rules(spread, .cluster) == ["*: create core:pods"])
        // Neither has a namespace, whatever is asked for.
        #expect(
            try Self.rules(["get nodes n", "get /custom"], .namespace) == ["*: get core:nodes", "*: get /custom"]
        )
    }

    @Test func restrictsToNamesWhereThatCanWork() throws {
        #expect(
            try Self.rules(["get,update secrets -n a x", "get secrets -n a y"], names: true)
                == ["a: update core:secrets [x]", "a: get core:secrets [x,y]"]
        )
        // A list without a name needs all of them, and so does a get beside it that has none.
        #expect(try Self.rules(["list secrets -n a"], names: true) == ["a: list core:secrets"])
        #expect(
            try Self.rules(["get secrets -n a x", "get secrets -n a"], names: true) == ["a: get core:secrets"]
        )
        let many = (0..<6).map { "get secrets -n a s\($0)" }
        #expect(try Self.rules(many, names: true) == ["a: get core:secrets"])
        #expect(try Self.rules(["create pods/exec -n a x"], names: true) == ["a: create core:pods/exec [x]"])
    }

    @Test func leavesOutWhatEveryClusterGrants() throws {
        let needs = [
            "get /version", "get /apis", "create selfsubjectaccessreviews.authorization.k8s.io", "get pods -n a",
        ]
        #expect(try Self.rules(needs) == ["a: get core:pods"])
        let generated = try Generation(Self.calls(needs), .auto, false).generated
        #expect(generated.grantedByDefault == 3)
    }
}

/// One generation and what can be asked of it.
private struct Generation {
    let generated: GeneratedRoles
    /// As they are judged, without what every cluster grants.
    let calls: [Call]
    private let usesNames: Bool

    init(_ requirements: [Requirement], _ scope: GenerateInput.Scope, _ usesNames: Bool) throws {
        let input = GenerateInput(
            calls: CheckInput(manifests: nil, requirements: RequirementSet(requirements).requirements),
            scope: scope,
            usesResourceNames: usesNames
        )
        self.usesNames = usesNames
        generated = try generateRoles(input)
        let stage = try IdentityStage.resolve(input.calls)
        let defaults = Authorizer(policy: BootstrapPolicy.defaultGrants).access(of: stage.identity.user)
        calls = CallBuilder(stage, known: KnownResources.builtin).calls(stage.requirements).filter {
            !defaults.decide($0.request).isAllowed
        }
    }

    /// Role and rule in it, of each rule.
    var rules: [(role: Int, rule: Int)] {
        generated.roles.indices.flatMap { role in generated.roles[role].rules.indices.map { (role, $0) } }
    }

    /// A request that is required and that the policy does not grant.
    func refused(by policy: Policy) -> RequestAttributes? {
        let access = Authorizer(policy: policy).access(of: generated.user)
        return calls.flatMap(requests).first { !access.decide($0).isAllowed }
    }

    /// What a call stands for: where more names were called than are kept, any name.
    private func requests(_ call: Call) -> [RequestAttributes] {
        guard call.hasManyNames else { return [call.request] }
        return ["some-name", "another"].map { name in
            var request = call.request
            request.name = name
            return request
        }
    }

    /// What is wrong with it.
    var problem: String? {
        if let refused = refused(by: generated.policy) { return "\(refused) is refused" }
        for role in generated.roles {
            for rule in role.rules {
                if rule.reasons.isEmpty { return "\(rule.rule) has no reason" }
                if let excess = tuples(rule.rule).first(where: { !isNeeded($0) }) { return "\(excess) is not needed" }
            }
        }
        return nil
    }

    private struct Tuple {
        var verb: String
        var group = ""
        var resource = ""
        var name: String?
        var path: String?
    }

    private func tuples(_ rule: PolicyRule) -> [Tuple] {
        rule.verbs.flatMap { verb in
            rule.nonResourceURLs.map { Tuple(verb: verb, path: $0) }
                + rule.apiGroups.flatMap { group in
                    rule.resources.flatMap { resource -> [Tuple] in
                        let names: [String?] = rule.resourceNames.isEmpty ? [nil] : rule.resourceNames
                        return names.map { Tuple(verb: verb, group: group, resource: resource, name: $0) }
                    }
                }
        }
    }

    private func isNeeded(_ tuple: Tuple) -> Bool {
        let same = calls.filter { call in
            let request = call.request
            return request.verb == tuple.verb && request.nonResourceURL == tuple.path
                && (tuple.path != nil || request.group == tuple.group && request.qualifiedResource == tuple.resource)
        }
        if let name = tuple.name { return same.contains { $0.request.name == name } }
        guard usesNames, tuple.path == nil else { return !same.isEmpty }
        let names = Set(same.map(\.request.name))
        return names.contains("") || same.contains(where: \.hasManyNames) || names.count > 5
    }
}

/// Calls as operators make them, drawn at random.
private enum SampleCalls {
    private static let targets = [
        ("", "pods", ""), ("", "pods", "log"), ("", "secrets", ""), ("", "configmaps", ""), ("apps", "deployments", ""),
        ("apps", "deployments", "status"), ("coordination.k8s.io", "leases", ""), ("", "nodes", ""),
        ("", "namespaces", ""), ("web.example.org", "guestbooks", ""), ("web.example.org", "guestbooks", "status"),
        ("rbac.authorization.k8s.io", "clusterroles", ""), ("authorization.k8s.io", "selfsubjectaccessreviews", ""),
    ]
    private static let verbs = [
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use",
    ]
    private static let paths = ["/metrics", "/version", "/custom/a"]

    static func requirements(_ random: inout SeededGenerator) -> [Requirement] {
        (0..<Int.random(in: 1...25, using: &random)).map { _ in requirement(&random) }
    }

    private static func requirement(_ random: inout SeededGenerator) -> Requirement {
        func draw<Value>(_ values: [Value], _ fallback: Value) -> Value {
            values.randomElement(using: &random) ?? fallback
        }
        if Int.random(in: 0..<12, using: &random) == 0 {
            let path = draw(paths, "/metrics")
            return Requirement(key: .init(attributes: RequestAttributes(verb: "get", nonResourceURL: path)), count: 1)
        }
        let (group, resource, subresource) = draw(targets, targets[0])
        var attributes = RequestAttributes(verb: draw(verbs, "get"), group: group, version: "v1", resource: resource)
        attributes.subresource = subresource
        attributes.namespace = draw(["", "a", "a", "b", "c", "d"], "")
        attributes.name = draw(["", "x", "y", "z", "u", "v", "w"], "")
        let hasManyNames = Int.random(in: 0..<20, using: &random) == 0
        if hasManyNames { attributes.name = "" }
        return Requirement(
            key: .init(attributes: attributes, hasManyNames: hasManyNames),
            implied: Int.random(in: 0..<6, using: &random) == 0 ? "informer" : nil,
            count: 2,
            statuses: [200: 1, 403: 1]
        )
    }
}
