import RBAC
import TestSupport
import Testing

@testable import Diagnosis

@Suite struct CompactionTests {
    @Test func writesAsAPersonWould() {
        let requests = [
            RequestAttributes(verb: "watch", group: "apps", resource: "deployments"),
            RequestAttributes(verb: "get", path: "/metrics"),
            RequestAttributes(verb: "list", resource: "pods"),
            RequestAttributes(verb: "list", group: "apps", resource: "deployments"),
            RequestAttributes(verb: "watch", resource: "pods"), RequestAttributes(verb: "list", resource: "services"),
            RequestAttributes(verb: "watch", resource: "services"),
            RequestAttributes(verb: "create", resource: "events"),
            RequestAttributes(verb: "create", group: "events.k8s.io", resource: "events"),
            RequestAttributes(verb: "get", resource: "secrets", namespace: "a", name: "b"),
        ]
        let expected = [
            PolicyRule(verbs: ["list", "watch"], apiGroups: [""], resources: ["pods", "services"]),
            PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["secrets"]),
            PolicyRule(verbs: ["create"], apiGroups: ["", "events.k8s.io"], resources: ["events"]),
            PolicyRule(verbs: ["list", "watch"], apiGroups: ["apps"], resources: ["deployments"]),
            PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics"]),
        ]
        #expect(rules(granting: requests) == expected)
        var random = SeededGenerator(seed: 1)
        for _ in 0..<20 { #expect(rules(granting: requests.shuffled(using: &random)) == expected) }
    }

    @Test func keepsNamesWhereAsked() {
        let requests = ["a", "b"].map { RequestAttributes(verb: "get", resource: "secrets", namespace: "x", name: $0) }
        #expect(
            rules(granting: requests, withNames: true) == [
                PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["secrets"], resourceNames: ["a", "b"])
            ]
        )
    }

    @Test func grantsExactlyWhatWasGiven() {
        var random = SeededGenerator(seed: 99)
        func some(_ items: [String]) -> [String] {
            let chosen = items.filter { _ in Bool.random(using: &random) }
            return chosen.isEmpty ? [items[0]] : chosen
        }
        for _ in 0..<500 {
            let rules = (0..<4).map { _ in
                PolicyRule(
                    verbs: some(["get", "list", "*"]),
                    apiGroups: some(["", "apps"]),
                    resources: some(["pods", "*/status", "pods/status"]),
                    resourceNames: Bool.random(using: &random) ? some(["a", "b"]) : []
                )
            }
            #expect(compacted(rules).isSameSet(as: rules))
            #expect(withoutRedundancy(rules).isSameSet(as: rules))
            #expect(RuleCoverage.covers(rules, by: withoutRedundancy(rules)))
        }
    }

    /// Subtraction is what the escalation check leaves uncovered.
    @Test func subtractsAsTheEscalationCheckDoes() {
        let wanted = PolicyRule(
            verbs: ["get", "*"],
            apiGroups: ["", "apps"],
            resources: ["pods", "pods/status", "*"],
            resourceNames: ["a", "b"]
        )
        let held = [
            PolicyRule(verbs: ["*"], apiGroups: [""], resources: ["*/status"]),
            PolicyRule(verbs: ["get"], apiGroups: ["*"], resources: ["pods"], resourceNames: ["a"]),
        ]
        let rest = subtract(held, from: [wanted])
        let expected = RuleCoverage.uncovered([wanted], by: held)
        #expect(Set(rest.flatMap(RuleCoverage.breakdown)) == Set(expected))
        #expect(rest.map(\.permissionCount).reduce(0, +) == expected.count)
    }

    @Test func survivesHugeRules() {
        let many = (0..<20_000).map { "r\($0)" }
        let rule = PolicyRule(verbs: many, apiGroups: many, resources: many, resourceNames: many)
        #expect(rule.permissionCount == 160_000_000_000_000_000)
        #expect(PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["x"]).subtracting(rule).count == 1)
        #expect(subtract([rule], from: [PolicyRule(verbs: ["r1"], apiGroups: ["r2"], resources: ["r3"])]).count == 1)
    }
}

extension RequestAttributes {
    fileprivate init(verb: String, path: String) { self.init(verb: verb, nonResourceURL: path) }
}
