import RBAC
import Testing

/// One rule against one request.
struct RuleMatchTests {
    @Test(arguments: [
        // Element, and whether it matches pods, pods/status, pods/log, deployments/scale.
        ("*", [true, true, true, true]),
        ("pods", [true, false, false, false]),
        ("pods/status", [false, true, false, false]),
        ("*/status", [false, true, false, false]),
        ("*/scale", [false, false, false, true]),
        ("pods/*", [false, false, false, false]),
        ("*/*", [false, false, false, false]),
        ("pods/", [false, false, false, false]),
        ("*/", [false, false, false, false]),
        ("p*", [false, false, false, false]),
        ("Pods", [false, false, false, false]),
        ("pod", [false, false, false, false]),
        ("", [false, false, false, false]),
        ("**", [false, false, false, false]),
    ])
    func `Resource patterns`(_ element: String, _ expected: [Bool]) {
        let requests = [("pods", ""), ("pods", "status"), ("pods", "log"), ("deployments", "scale")]
        for ((resource, subresource), isMatch) in zip(requests, expected) {
            expectMatch(
                PolicyRule(verbs: ["get"], apiGroups: ["*"], resources: [element]),
                RequestAttributes(verb: "get", group: "apps", resource: resource, subresource: subresource),
                isMatch
            )
        }
    }

    @Test(arguments: [
        ("*/other/segment", "userextras", "other/segment", true),
        ("*/other", "userextras", "other/segment", false),
        ("*/segment", "userextras", "other/segment", false),
        ("userextras/other/segment", "userextras", "other/segment", true),
        ("pods/log", "pods/log", "", true),
        ("*/log", "pods/log", "", false),
        ("/log", "", "log", true),
        ("pods/", "pods/", "", true),
        ("*/*", "*/*", "", true),
        ("*/*", "pods", "*", true),
        ("pods/*", "pods", "*", true),
        ("", "", "", true),
    ])
    func `Slashes anywhere`(_ element: String, _ resource: String, _ subresource: String, _ isMatch: Bool) {
        expectMatch(
            PolicyRule(verbs: ["get"], apiGroups: [""], resources: [element]),
            RequestAttributes(verb: "get", resource: resource, subresource: subresource),
            isMatch
        )
    }

    @Test(arguments: [
        ("*", "", true), ("**", "", true), ("*", "/any/where", true), ("/healthz", "/healthz", true),
        ("/healthz", "/healthz/", false), ("/healthz", "/Healthz", false), ("/healthz", "/healthz?verbose", false),
        ("/foo*", "/foo", true), ("/foo*", "/foobar", true), ("/foo/*", "/foo", false), ("/foo/*", "/foo/", true),
        ("/foo/**", "/foo/bar", true), ("/foo/**", "/foo", false), ("*/foo", "/bar/foo", false),
        ("*/foo", "*/foo", true),
        ("/a/*/b", "/a/x/b", false), ("/a/*/b", "/a/*/b", true), ("/foo*bar*", "/foo*barbaz", true),
        ("/foo*bar*", "/fooxbar", false), ("", "", true), ("", "/", false),
    ])
    func `Paths outside the API`(_ element: String, _ path: String, _ isMatch: Bool) {
        expectMatch(
            PolicyRule(verbs: ["get"], nonResourceURLs: [element]),
            RequestAttributes(verb: "get", nonResourceURL: path),
            isMatch
        )
    }

    @Test(
        arguments: [
            (["a"], "a", true), (["a"], "b", false), (["a"], "", false), ([], "", true), ([], "a", true),
            (["*"], "a", false),
            (["*"], "*", true), (["a*"], "ab", false), ([""], "", true), ([""], "a", false), (["A"], "a", false),
            (["a", "b"], "b", true),
        ] as [([String], String, Bool)]
    )
    func `Names, of which none is a pattern`(_ names: [String], _ name: String, _ isMatch: Bool) {
        expectMatch(
            PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["secrets"], resourceNames: names),
            RequestAttributes(verb: "get", resource: "secrets", name: name),
            isMatch
        )
    }

    @Test(
        arguments: [
            (["get"], "get", true), (["get"], "GET", false), (["get*"], "get", false), (["*"], "use", true),
            (["*"], "", true),
            ([""], "", true), (["get"], "", false),
            (["impersonate-on:user-info:list"], "impersonate-on:user-info:list", true),
            ([], "get", false), (["get"], "*", false),
        ] as [([String], String, Bool)]
    )
    func `Verbs`(_ verbs: [String], _ verb: String, _ isMatch: Bool) {
        expectMatch(
            PolicyRule(verbs: verbs, apiGroups: [""], resources: ["pods"]),
            RequestAttributes(verb: verb, resource: "pods"),
            isMatch
        )
    }

    @Test(
        arguments: [
            ([""], "", true), ([""], "apps", false), (["core"], "", false), (["v1"], "", false),
            (["apps/v1"], "apps", false),
            (["*"], "apps", true), (["*.k8s.io"], "batch.k8s.io", false), (["APPS"], "apps", false), ([], "", false),
        ] as [([String], String, Bool)]
    )
    func `Groups`(_ groups: [String], _ group: String, _ isMatch: Bool) {
        expectMatch(
            PolicyRule(verbs: ["get"], apiGroups: groups, resources: ["things"]),
            RequestAttributes(verb: "get", group: group, version: "v9", resource: "things"),
            isMatch
        )
    }

    /// Of different lengths, and of one length.
    @Test(arguments: [("caf\u{e9}", "cafe\u{301}"), ("\u{212b}", "A\u{30a}")])
    func `One character spelled two ways is two names`(_ composed: String, _ decomposed: String) {
        #expect(composed == decomposed)
        for (rule, request, isMatch) in [(composed, composed, true), (composed, decomposed, false)] {
            expectMatch(
                PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["secrets"], resourceNames: [rule]),
                RequestAttributes(verb: "get", resource: "secrets", name: request),
                isMatch
            )
            expectMatch(
                PolicyRule(verbs: ["get"], nonResourceURLs: ["/\(rule)*"]),
                RequestAttributes(verb: "get", nonResourceURL: "/\(request)/x"),
                isMatch
            )
            expectMatch(
                PolicyRule(verbs: ["get"], nonResourceURLs: ["/\(rule)"]),
                RequestAttributes(verb: "get", nonResourceURL: "/\(request)"),
                isMatch
            )
        }
    }

    @Test func `The kind of request alone decides which half is looked at`() {
        let both = PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["pods"], nonResourceURLs: ["/metrics"])
        expectMatch(both, RequestAttributes(verb: "get", resource: "pods"), true)
        expectMatch(both, RequestAttributes(verb: "get", nonResourceURL: "/metrics"), true)
        let all = PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"])
        expectMatch(all, RequestAttributes(verb: "get", nonResourceURL: "/metrics"), false)
        let paths = PolicyRule(verbs: ["*"], nonResourceURLs: ["*"])
        expectMatch(paths, RequestAttributes(verb: "get", resource: "pods"), false)
        // Groups and names of such a rule do not count for paths, its lack of groups does for resources.
        let names = PolicyRule(verbs: ["get"], resources: ["pods"], resourceNames: ["a"], nonResourceURLs: ["/metrics"])
        expectMatch(names, RequestAttributes(verb: "get", nonResourceURL: "/metrics"), true)
        expectMatch(names, RequestAttributes(verb: "get", resource: "pods", name: "a"), false)
    }

    @Test func `Parts of several rules do not combine`() {
        let rules = [
            PolicyRule(verbs: ["get"], apiGroups: ["apps"], resources: ["deployments"]),
            PolicyRule(verbs: ["list"], apiGroups: ["apps"], resources: ["statefulsets"]),
        ]
        let access = access(rules)
        #expect(!access.decide(RequestAttributes(verb: "list", group: "apps", resource: "deployments")).isAllowed)
        #expect(access.decide(RequestAttributes(verb: "list", group: "apps", resource: "statefulsets")).isAllowed)
    }

    @Test func `A near miss says what it missed`() {
        let rule = PolicyRule(verbs: ["get"], apiGroups: ["apps"], resources: ["deployments"], resourceNames: ["a"])
        func match(_ verb: String, _ group: String, _ resource: String, _ name: String) -> [Bool] {
            let match = rule.match(RequestAttributes(verb: verb, group: group, resource: resource, name: name))
            return [match.verb, match.group, match.resource, match.name, match.path, match.isComplete]
        }
        #expect(match("get", "apps", "deployments", "a") == [true, true, true, true, true, true])
        #expect(match("list", "apps", "deployments", "a") == [false, true, true, true, true, false])
        #expect(match("get", "extensions", "deployments", "a") == [true, false, true, true, true, false])
        #expect(match("get", "apps", "deployment", "a") == [true, true, false, true, true, false])
        #expect(match("get", "apps", "deployments", "") == [true, true, true, false, true, false])
        let path = rule.match(RequestAttributes(verb: "get", nonResourceURL: "/metrics"))
        #expect([path.verb, path.group, path.resource, path.name, path.path] == [true, true, true, true, false])
    }

    @Test func `Rules without anything match nothing`() {
        let requests = [RequestAttributes(verb: "", resource: ""), RequestAttributes(verb: "", nonResourceURL: "")]
        for request in requests { expectMatch(PolicyRule(verbs: []), request, false) }
        for request in requests { expectMatch(PolicyRule(verbs: ["*"]), request, false) }
    }

    /// Asks the rule itself and the index.
    private func expectMatch(
        _ rule: PolicyRule,
        _ request: RequestAttributes,
        _ isMatch: Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(rule.matches(request) == isMatch, sourceLocation: sourceLocation)
        #expect(rule.match(request).isComplete == isMatch, sourceLocation: sourceLocation)
        #expect(access([rule]).decide(request).isAllowed == isMatch, sourceLocation: sourceLocation)
    }

    private func access(_ rules: [PolicyRule]) -> Access {
        let policy = Policy(
            roles: [Role(kind: .clusterRole, name: "r", rules: rules.map { Role.Rule($0) })],
            bindings: [
                Binding(
                    kind: .clusterRoleBinding,
                    name: "b",
                    roleRef: RoleRef(kind: "ClusterRole", name: "r"),
                    subjects: [Subject(kind: "User", name: "u")]
                )
            ]
        )
        return Authorizer(policy: policy).access(of: UserInfo(name: "u"))
    }
}
