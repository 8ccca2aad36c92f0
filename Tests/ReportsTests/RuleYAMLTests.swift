import Diagnosis
import RBAC
import Reports
import Syntax
import Testing

/// The YAML that a remedy shows has to say, when it is pasted, what the rule says.
@Suite struct RuleYAMLTests {
    private func shown(_ rule: PolicyRule, width: Int = 100) -> String {
        var report = CheckReport()
        report.findings = [
            Finding(
                code: .ruleMissing,
                severity: .error,
                title: "t",
                explanation: "",
                remedy: Remedy(summary: "add a rule", rules: [rule])
            )
        ]
        let text = Renderer(tool: CheckReportTests.tool, options: RenderOptions(width: width)).check(
            [report],
            as: .text
        )
        return text.split(separator: "\n").filter { $0.hasPrefix("  + ") }.map { $0.dropFirst(4) + "\n" }.joined()
    }

    @Test(arguments: [40, 100])
    func readsBackAsTheRule(_ width: Int) throws {
        let strings = [
            "", "*", "apps", "no", "Y", "null", "~", "1", "1.5", "0x1", "1e3", "2001-01-01", "a b", "a: b", "a #b", "-",
            "- a",
            "[a]", "{a}", "'", "\"", "\\", "%", "@x", "&a", "!t", "|", ">", "?", "a,b", "/metrics", "/healthz/*",
            "a\nb", "\t",
            "\u{1B}", "\u{85}", "\u{2028}", "\u{FEFF}", "é", "🔐", "status", "x/status", "cert-manager.io", "true",
            "é\u{301}",
        ]
        let rule = PolicyRule(verbs: strings, apiGroups: strings, resources: strings, resourceNames: strings)
        let documents = try YAMLParser.documents(Array(shown(rule, width: width).utf8), file: "rule.yaml")
        let item = try #require(documents.first?.sequence?.items.first?.mapping)
        for key in ["verbs", "apiGroups", "resources", "resourceNames"] {
            let items = try #require(item[key]?.sequence?.items)
            #expect(items.map { $0.scalar?.text } == strings.map(Optional.some))
        }
    }

    @Test func listsStandInBracketsWhereTheyFit() {
        let rule = PolicyRule(verbs: ["get", "*"], apiGroups: [""], resources: ["pods/log"])
        #expect(shown(rule) == "- apiGroups: [\"\"]\n  resources: [pods/log]\n  verbs: [get, \"*\"]\n")
        #expect(
            shown(PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics"]))
                == "- nonResourceURLs: [/metrics]\n  verbs: [get]\n"
        )
    }
}
