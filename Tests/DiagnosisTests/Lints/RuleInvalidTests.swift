import Diagnosis
import RBAC
import Testing

@Suite struct RuleInvalidTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var rule: String
        /// What is underlined, finding by finding.
        var underlined: [[String]]
        var severity = Severity.error
        var replacement: [String] = []
        var kind = "ClusterRole"
        var testDescription: String { rule }
    }

    static let cases: [Case] = [
        // Upper case.
        Case(
            rule: "{apiGroups: [apps], resources: [Deployment, pods], verbs: [get]}",
            underlined: [["Deployment"]],
            replacement: ["resources: [deployments, pods]"]
        ),
        Case(
            rule: "{apiGroups: [x.example.com], resources: [MyThings/Status], verbs: [get]}",
            underlined: [["MyThings/Status"]],
            replacement: ["resources: [mythings/status]"]
        ),
        Case(
            rule: "{apiGroups: [Apps], resources: [deployments], verbs: [get]}",
            underlined: [["Apps"]],
            replacement: ["apiGroups: [apps]"]
        ),
        Case(
            rule: #"{apiGroups: [""], resources: [pods], verbs: [Get, LIST, watch]}"#,
            underlined: [["Get", "LIST"]],
            replacement: ["verbs: [get, list, watch]"]
        ),
        // Groups.
        Case(
            rule: "{resources: [pods, secrets], verbs: [get]}",
            underlined: [["pods"]],
            replacement: [#"apiGroups: [""]"#]
        ),
        Case(rule: "{resources: [mythings], verbs: [get]}", underlined: [["mythings"]]),
        Case(
            rule: "{apiGroups: [core], resources: [pods], verbs: [get]}",
            underlined: [["core"]],
            replacement: [#"apiGroups: [""]"#]
        ),
        Case(
            rule: "{apiGroups: [v1, apps/v1], resources: [pods, deployments], verbs: [get]}",
            underlined: [["v1", "apps/v1"]],
            replacement: [#"apiGroups: ["", apps]"#]
        ),
        Case(rule: "{apiGroups: [v1beta1], resources: [pods], verbs: [get]}", underlined: [["v1beta1"]]),
        Case(rule: #"{apiGroups: ["*.k8s.io"], resources: [pods], verbs: [get]}"#, underlined: [[#""*.k8s.io""#]]),
        Case(rule: #"{apiGroups: ['""'], resources: [pods], verbs: [get]}"#, underlined: [[#"'""'"#]]),
        Case(
            rule: #"{apiGroups: ["", core], resources: [pods], verbs: [get]}"#,
            underlined: [["core"]],
            severity: .warning,
            replacement: [#"apiGroups: [""]"#]
        ),
        // Resources.
        Case(
            rule: #"{apiGroups: [""], resources: ["services/*"], verbs: [get]}"#,
            underlined: [[#""services/*""#]],
            replacement: ["resources: [services/proxy, services/status]"]
        ),
        Case(
            rule: #"{apiGroups: [x.example.com], resources: ["myapps/*"], verbs: [get]}"#,
            underlined: [[#""myapps/*""#]]
        ),
        Case(
            rule: #"{apiGroups: [""], resources: ["*/*"], verbs: [get]}"#,
            underlined: [[#""*/*""#]],
            replacement: [#"resources: ["*"]"#]
        ),
        Case(rule: #"{apiGroups: [""], resources: ["pod*"], verbs: [get]}"#, underlined: [[#""pod*""#]]),
        Case(
            rule: #"{apiGroups: [""], resources: [pods/], verbs: [get]}"#,
            underlined: [["pods/"]],
            replacement: ["resources: [pods]"]
        ),
        Case(
            rule: #"{apiGroups: [""], resources: ["pods, secrets"], verbs: [get]}"#,
            underlined: [[#""pods, secrets""#]],
            replacement: ["resources: [pods, secrets]"]
        ),
        Case(
            rule: #"{apiGroups: [apps], resources: [deployments.apps/scale], verbs: [get]}"#,
            underlined: [["deployments.apps/scale"]],
            replacement: ["resources: [deployments/scale]"]
        ),
        Case(rule: #"{apiGroups: [""], verbs: [get]}"#, underlined: [[#""""#]]),
        Case(rule: "{verbs: [get]}", underlined: [[]]),
        // Paths.
        Case(rule: "{nonResourceURLs: [/metrics], verbs: [get]}", underlined: [["/metrics"]], kind: "Role"),
        Case(
            rule: #"{apiGroups: [""], resources: [pods], nonResourceURLs: [/metrics], verbs: [get]}"#,
            underlined: [["/metrics"]]
        ),
        Case(rule: "{nonResourceURLs: [metrics], verbs: [get]}", underlined: [["metrics"]]),
        Case(rule: #"{nonResourceURLs: [/a/*/b, "/c/*"], verbs: [get]}"#, underlined: [["/a/*/b"]]),
        // Verbs that are slips of standard ones weigh less.
        Case(
            rule: #"{apiGroups: [""], resources: [pods], verbs: [lsit, wach, deletes]}"#,
            underlined: [["lsit", "wach", "deletes"]],
            severity: .warning,
            replacement: ["verbs: [list, watch, delete]"]
        ),
        Case(
            rule: #"{apiGroups: [""], resources: [pods], verbs: [put, post, get, head]}"#,
            underlined: [["put", "post", "head"]],
            severity: .warning,
            replacement: ["verbs: [update, create, get]"]
        ),
        Case(
            rule: #"{apiGroups: [""], resources: [pods], verbs: [options]}"#,
            underlined: [["options"]],
            severity: .warning
        ),
        Case(
            rule: #"{apiGroups: [""], resources: [pods], verbs: ["get,list"]}"#,
            underlined: [[#""get,list""#]],
            severity: .warning,
            replacement: ["verbs: [get, list]"]
        ),
        // Two mistakes are two findings.
        Case(
            rule: "{apiGroups: [core], resources: [Pods], verbs: [get]}",
            underlined: [["core"], ["Pods"]],
            replacement: [#"apiGroups: [""]"#, "resources: [pods]"]
        ),
    ]

    @Test(arguments: cases) func underlinesTheMistake(_ example: Case) throws {
        let situation = try LintSituation(LintSituation.role(example.kind, "- \(example.rule)"))
        let findings = situation.findings(.ruleInvalid)
        #expect(findings.map(situation.underlined) == example.underlined)
        #expect(findings.allSatisfy { $0.severity == example.severity })
        #expect(findings.flatMap { $0.remedy?.replacement ?? [] } == example.replacement)
        for finding in findings {
            #expect(situation.shown(finding.locations[0].range) == example.rule)
            #expect(!finding.title.hasSuffix(".") && finding.explanation.hasSuffix("."))
        }
    }

    @Test(arguments: [
        // Any text is a legal verb.
        #"{apiGroups: [""], resources: [users], verbs: [impersonate]}"#,
        "{apiGroups: [messaging.knative.dev], resources: [channels], verbs: [knsubscribe, use, approve, sign, attest, bind]}",
        #"{apiGroups: [""], resources: [pods], verbs: ["impersonate-on:user-info:list", "useAsOther", "get-all"]}"#,
        // Every legal pattern.
        #"{apiGroups: ["*"], resources: ["*", "*/status", pods/log, routes/custom-host], verbs: ["*"]}"#,
        #"{nonResourceURLs: ["*", /metrics, "/healthz/*", "/api/**"], verbs: [get, head, post, put]}"#,
        // Keys of extra fields, names of metrics and of objects are spelled in any way.
        "{apiGroups: [authentication.k8s.io], resources: [userextras/someKey.example.com], verbs: [impersonate]}",
        "{apiGroups: [external.metrics.k8s.io], resources: [queueLength], verbs: [get]}",
        #"{apiGroups: [""], resources: [configmaps], resourceNames: [Upper, "*"], verbs: [get]}"#,
        // A singular is another code's matter, and only where a call suffers from it.
        #"{apiGroups: [""], resources: [pod], verbs: [get]}"#,
        "{apiGroups: [apiregistration.k8s.io, x-y.example.com, extensions], resources: [apiservices], verbs: [get]}",
    ]) func saysNothingAbout(_ rule: String) throws {
        #expect(try LintSituation.clusterRole("- \(rule)").findings(.ruleInvalid).isEmpty)
    }

    @Test func typedInRulesOfAnAggregatedRoleAreLost() throws {
        let aggregated = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: all}
            aggregationRule:
              clusterRoleSelectors:
              - matchLabels: {part-of: all}
            rules:
            - {apiGroups: [""], resources: [pods], verbs: [get]}
            - {apiGroups: [""], resources: [secrets], verbs: [get]}
            ---
            \(LintSituation.role("ClusterRole", #"- {apiGroups: [""], resources: [pods], verbs: [get, list]}"#, metadata: "{name: part, labels: {part-of: all}}"))
            """
        let situation = try LintSituation(aggregated)
        let finding = try #require(situation.findings(.ruleInvalid).first)
        #expect(finding.title == "ClusterRole `all` is aggregated, and 1 rule typed into it will be lost")
        // What aggregation brings along anyway is not lost.
        #expect(situation.shown(finding.locations[0].range).contains("secrets"))
        #expect(finding.locations.count == 2)
        #expect(situation.findings(.ruleInvalid).count == 1)
    }

    @Test func anAggregatedRoleAsStoredIsFine() throws {
        let text = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: all, uid: 0b6a}
            aggregationRule:
              clusterRoleSelectors: [{matchLabels: {part-of: all}}]
            rules:
            - {apiGroups: [""], resources: [secrets], verbs: [get]}
            """
        #expect(try LintSituation(text).findings.isEmpty)
    }
}

@Suite struct CRDInvalidTests {
    func crd(_ spec: String, apiVersion: String = "apiextensions.k8s.io/v1", name: String = "myapps.example.com")
        -> String
    {
        """
        apiVersion: \(apiVersion)
        kind: CustomResourceDefinition
        metadata: {name: \(name)}
        spec:
          group: example.com
          names: {plural: myapps, kind: MyApp}
          scope: Namespaced
          \(spec)
        """
    }

    @Test func anOldVersionIsRefused() throws {
        let situation = try LintSituation(crd("version: v1", apiVersion: "apiextensions.k8s.io/v1beta1"))
        let finding = try #require(situation.findings.first)
        #expect(finding.code == .crdInvalid && finding.severity == .error)
        #expect(situation.underlined(finding) == ["apiextensions.k8s.io/v1beta1"])
        #expect(situation.findings.count == 1)
    }

    @Test func eachVersionWantsASchema() throws {
        let versions = """
            versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
              - {name: v2, served: false, storage: false}
            """
        let finding = try #require(try LintSituation(crd(versions)).findings.first)
        #expect(finding.title == "the CRD `myapps.example.com` has no schema for `v2`")
    }

    @Test func theNameIsMadeOfPluralAndGroup() throws {
        let versions = "versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]"
        #expect(try LintSituation(crd(versions)).findings.isEmpty)
        let situation = try LintSituation(crd(versions, name: "myapp.example.com"))
        #expect(situation.findings.map(\.title) == ["the CRD `myapp.example.com` must be named `myapps.example.com`"])
    }
}
