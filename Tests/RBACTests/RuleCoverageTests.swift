import RBAC
import TestSupport
import Testing

/// "Do these rules cover that rule?"
struct RuleCoverageTests {
    @Test(arguments: [
        // A star wants a star.
        (rule("*", "apps", "deployments"), [rule("get,list,watch,create", "apps", "deployments")], false),
        (rule("get", "*", "deployments"), [rule("get", "apps", "deployments")], false),
        (rule("get", "apps", "*"), [rule("get", "apps", "deployments")], false),
        (rule("*", "*", "*"), [rule("*", "*", "*")], true),
        (rule("get", "apps", "deployments"), [rule("*", "*", "*")], true),
        // Each tuple by one rule, several tuples by several.
        (rule("get,list", "apps", "deployments"), [rule("get", "apps", "deployments"), rule("list", "*", "*")], true),
        (rule("list", "apps", "deployments"), [rule("get", "apps", "deployments"), rule("list", "", "*")], false),
        // Subresources.
        (rule("get", "", "pods/log"), [rule("get", "", "*/log")], true),
        (rule("get", "", "pods/log"), [rule("get", "", "pods")], false),
        (rule("get", "", "pods/log"), [rule("get", "", "pods/*")], false),
        (rule("get", "", "pods/log"), [rule("get", "", "*")], true),
        (rule("get", "", "*/log"), [rule("get", "", "pods/log")], false),
        (rule("get", "", "*/log"), [rule("get", "", "*/log")], true),
        (rule("get", "", "a/b/c"), [rule("get", "", "*/b/c")], true),
        (rule("get", "", "a/b/c"), [rule("get", "", "*/c")], false),
        // Names.
        (rule("get", "", "secrets", names: "a"), [rule("get", "", "secrets")], true),
        (rule("get", "", "secrets", names: "a,b"), [rule("get", "", "secrets", names: "a")], false),
        (rule("get", "", "secrets", names: "a"), [rule("get", "", "secrets", names: "b,a")], true),
        (rule("get", "", "secrets"), [rule("get", "", "secrets", names: "a")], false),
        (rule("get", "", "secrets", names: "a"), [rule("get", "", "secrets", names: "*")], false),
        // Paths.
        (urls("get", "/healthz"), [urls("get", "/healthz")], true),
        (urls("get", "/healthz/etcd"), [urls("get", "/healthz/*")], true),
        (urls("get", "/healthz"), [urls("get", "/healthz/*")], false),
        (urls("get", "/healthz/*"), [urls("get", "/healthz*")], true),
        (urls("get", "*"), [urls("get", "/*")], false),
        (urls("get", "*"), [urls("get", "**")], true),
        (urls("post", "/healthz"), [urls("get", "/healthz")], false),
        (urls("get", "/healthz"), [rule("*", "*", "*")], false),
        (rule("get", "", "pods"), [urls("*", "*")], false),
        // What grants nothing is covered by nothing at all.
        (PolicyRule(verbs: ["get"]), [], true),
        (PolicyRule(verbs: [], apiGroups: [""], resources: ["pods"]), [], true),
        (PolicyRule(verbs: ["get"], resources: ["pods"]), [], true),
    ])
    func `Coverage as Kubernetes sees it`(_ wanted: PolicyRule, _ held: [PolicyRule], _ isCovered: Bool) {
        #expect(RuleCoverage.covers([wanted], by: held) == isCovered)
        #expect(RuleCoverage.uncovered([wanted], by: held).isEmpty == isCovered)
    }

    @Test func `A rule as tuples`() {
        let tuples = RuleCoverage.breakdown(
            PolicyRule(
                verbs: ["get", "list"],
                apiGroups: ["", "apps"],
                resources: ["a", "b"],
                resourceNames: ["x", "y"],
                nonResourceURLs: ["/p"]
            )
        )
        #expect(tuples.count == 18)
        #expect(tuples[0] == PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["a"], resourceNames: ["x"]))
        #expect(tuples[1].resourceNames == ["y"])
        #expect(tuples[2].verbs == ["list"])
        #expect(tuples[17] == PolicyRule(verbs: ["list"], nonResourceURLs: ["/p"]))
    }

    @Test func `The lines of a refusal are those of a server`() {
        // The answer that Kubernetes v1.36 gave to a user who held nothing of this.
        let wanted = [
            PolicyRule(verbs: ["get", "list"], apiGroups: [""], resources: ["secrets"]),
            PolicyRule(
                verbs: ["delete"],
                apiGroups: ["apps"],
                resources: ["deployments", "statefulsets"],
                resourceNames: ["a", "b"]
            ),
        ]
        #expect(
            RuleCoverage.escalationLines(RuleCoverage.uncovered(wanted, by: [])) == [
                #"{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}"#,
                #"{APIGroups:["apps"], Resources:["deployments"], ResourceNames:["a"], Verbs:["delete"]}"#,
                #"{APIGroups:["apps"], Resources:["deployments"], ResourceNames:["b"], Verbs:["delete"]}"#,
                #"{APIGroups:["apps"], Resources:["statefulsets"], ResourceNames:["a"], Verbs:["delete"]}"#,
                #"{APIGroups:["apps"], Resources:["statefulsets"], ResourceNames:["b"], Verbs:["delete"]}"#,
            ]
        )
        let all = [
            PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"]),
            PolicyRule(verbs: ["*"], nonResourceURLs: ["*"]),
        ]
        #expect(
            RuleCoverage.escalationLines(RuleCoverage.uncovered(all, by: [])) == [
                #"{APIGroups:["*"], Resources:["*"], Verbs:["*"]}"#, #"{NonResourceURLs:["*"], Verbs:["*"]}"#,
            ]
        )
    }

    @Test func `Only simple rules are merged, by group and resource`() {
        let rules = [
            Self.rule("get", "", "a"), Self.rule("get", "", "b"), Self.rule("list", "", "a"),
            Self.rule("list", "apps", "a"), Self.rule("watch", "", "a", names: "x"), Self.rule("get", ",apps", "a"),
            Self.urls("get", "/p"), Self.urls("post", "/p"),
        ]
        #expect(
            RuleCoverage.compact(rules) == [
                rules[4], rules[5], rules[6], rules[7], Self.rule("get,list", "", "a"), Self.rule("get", "", "b"),
                Self.rule("list", "apps", "a"),
            ]
        )
    }

    // MARK: - Properties

    @Test(arguments: UInt64(1)...4)
    func `What is left uncovered is what no single rule takes in`(seed: UInt64) {
        var generator = PolicyGenerator(random: SeededGenerator(seed: seed))
        var (covered, uncovered) = (0, 0)
        for _ in 0..<600 {
            let held = (0..<generator.random.below(4)).map { _ in generator.rule() }
            let wanted = (0...generator.random.below(2)).map { _ in generator.rule() } + (held.first.map { [$0] } ?? [])
            let missing = RuleCoverage.uncovered(wanted, by: held)
            let tuples = wanted.flatMap(NaiveCoverage.tuples)
            #expect(missing == tuples.filter { tuple in !held.contains { NaiveCoverage.takesIn($0, tuple) } })
            #expect(RuleCoverage.covers(wanted, by: held) == missing.isEmpty)
            #expect(RuleCoverage.uncovered(wanted, by: held + missing).isEmpty)
            // Merging changes nothing that is granted.
            let compact = RuleCoverage.compact(missing)
            #expect(Set(compact.flatMap(RuleCoverage.breakdown)) == Set(missing))
            covered += tuples.count - missing.count
            uncovered += missing.count
        }
        #expect(covered > 500)
        #expect(uncovered > 500)
    }

    @Test(arguments: UInt64(1)...4)
    func `Covered means that every request that is granted is granted`(seed: UInt64) {
        var generator = PolicyGenerator(random: SeededGenerator(seed: seed))
        var granted = 0
        for _ in 0..<400 {
            let held = (0...generator.random.below(4)).map { _ in generator.rule() }
            let wanted = generator.rule()
            let coveredTuples = RuleCoverage.breakdown(wanted).filter { RuleCoverage.covers([$0], by: held) }
            for tuple in coveredTuples {
                for _ in 0..<4 {
                    let request = generator.request(near: [tuple])
                    // `pods/log` as the name of a resource is no resource's subresource: `*/log` does not grant it.
                    guard !request.resource.utf8.contains(UInt8(ascii: "/")), tuple.matches(request) else { continue }
                    granted += 1
                    #expect(held.contains { $0.matches(request) }, "\(request) by \(tuple) within \(held)")
                }
            }
        }
        #expect(granted > 300)
    }

    private static func rule(_ verbs: String, _ groups: String, _ resources: String, names: String = "") -> PolicyRule {
        func list(_ text: String) -> [String] {
            text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        return PolicyRule(
            verbs: list(verbs),
            apiGroups: list(groups),
            resources: list(resources),
            resourceNames: names.isEmpty ? [] : list(names)
        )
    }

    private static func urls(_ verb: String, _ url: String) -> PolicyRule {
        PolicyRule(verbs: [verb], nonResourceURLs: [url])
    }
}

/// Coverage once more, written from the words of the reference alone.
private enum NaiveCoverage {
    static func tuples(_ rule: PolicyRule) -> [PolicyRule] {
        var result: [PolicyRule] = []
        for group in rule.apiGroups {
            for resource in rule.resources {
                for verb in rule.verbs {
                    for names in rule.resourceNames.isEmpty ? [[]] : rule.resourceNames.map({ [$0] }) {
                        result.append(
                            PolicyRule(verbs: [verb], apiGroups: [group], resources: [resource], resourceNames: names)
                        )
                    }
                }
            }
        }
        for url in rule.nonResourceURLs {
            result += rule.verbs.map { PolicyRule(verbs: [$0], nonResourceURLs: [url]) }
        }
        return result
    }

    static func takesIn(_ held: PolicyRule, _ tuple: PolicyRule) -> Bool {
        guard has(held.verbs, "*") || has(held.verbs, tuple.verbs[0]) else { return false }
        if let url = tuple.nonResourceURLs.first {
            return held.resourceNames.isEmpty
                && held.nonResourceURLs.contains { NaiveEvaluator(policy: Policy()).urlTakesIn($0, url) }
        }
        guard has(held.apiGroups, "*") || has(held.apiGroups, tuple.apiGroups[0]) else { return false }
        guard held.resourceNames.isEmpty || (tuple.resourceNames.first.map { has(held.resourceNames, $0) } ?? false)
        else { return false }
        let parts = tuple.resources[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        return has(held.resources, "*") || has(held.resources, tuple.resources[0])
            || (parts.count == 2 && has(held.resources, "*/\(parts[1])"))
    }

    private static func has(_ list: [String], _ text: String) -> Bool {
        list.contains { Array($0.utf8) == Array(text.utf8) }
    }
}
