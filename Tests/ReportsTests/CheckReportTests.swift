import Diagnosis
import Foundation
import Reports
import RBAC
import TestSupport
import Testing
import Traces

/// Every situation in every form, as files that a person can read.
@Suite struct CheckReportTests {
    static let tool = Tool(version: "0.0.0-test")

    static func golden(_ name: String) -> URL { Repository.fixtures.appending(path: "reports/\(name)") }

    private func render(_ situation: Situation, _ format: ReportFormat, _ options: RenderOptions) -> String {
        Renderer(tool: Self.tool, options: options).check(situation.reports, as: format)
    }

    @Test(arguments: Situation.all, ReportFormat.allCases)
    func rendersAsRecorded(_ situation: Situation, _ format: ReportFormat) {
        let text = render(situation, format, RenderOptions())
        expectGolden(text, Self.golden("\(situation.name).\(format.rawValue)"))
    }

    @Test(arguments: Situation.all, ["quiet", "verbose"])
    func rendersWithLessAndWithMore(_ situation: Situation, _ verbosity: String) throws {
        let options = RenderOptions(verbosity: try #require(RenderOptions.Verbosity(rawValue: verbosity)))
        expectGolden(render(situation, .text, options), Self.golden("\(situation.name).\(verbosity).text"))
    }

    @Test(arguments: [Situation.all[0], Situation.all[3]])
    func rendersInColour(_ situation: Situation) {
        let text = render(situation, .text, RenderOptions(color: true))
        let visible = text.replacing("\u{1B}", with: "<ESC>")
        expectGolden(visible, Self.golden("\(situation.name).color.text"))
    }

    @Test(arguments: Situation.all)
    func coloursAddNothingButColour(_ situation: Situation) {
        let plain = render(situation, .text, RenderOptions())
        let coloured = render(situation, .text, RenderOptions(color: true))
        #expect(coloured.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
    }

    @Test func wrapsToTheWidthThatIsGiven() {
        expectGolden(
            render(Situation.all[0], .text, RenderOptions(width: 60)),
            Self.golden("missing.narrow.text")
        )
    }

    @Test(arguments: Situation.all)
    func textHoldsNoControlCharacterAndNoTrailingSpace(_ situation: Situation) {
        for verbosity in [RenderOptions.Verbosity.quiet, .normal, .verbose] {
            let text = render(situation, .text, RenderOptions(verbosity: verbosity))
            #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
            #expect(!text.contains("\u{202E}") && !text.contains("\u{2028}"))
            #expect(!text.contains(" \n"))
            #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
        }
    }

    @Test func forgedLinesDoNotBeginALine() throws {
        let hostile = try #require(Situation.all.first { $0.name == "hostile" })
        let lines = render(hostile, .text, RenderOptions()).split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("error[") } == 1)
        #expect(!lines.contains { $0.hasPrefix("error[verb-missing]") })
    }

    @Test(arguments: Situation.all)
    func jsonIsWhatAParserReadsBack(_ situation: Situation) throws {
        let text = render(situation, .json, RenderOptions())
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let document = try #require(value as? [String: Any])
        #expect(document["apiVersion"] as? String == "swiftop.dev/v1")
        let reports = (document["items"] as? [[String: Any]]) ?? [document]
        #expect(reports.count == situation.reports.count)
        for (object, report) in zip(reports, situation.reports) {
            #expect(object["kind"] as? String == "CheckReport")
            let findings = try #require(object["findings"] as? [[String: Any]])
            #expect(findings.map { $0["title"] as? String } == report.findings.map(\.title))
            let requirements = try #require(object["requirements"] as? [[String: Any]])
            #expect(
                requirements.map { $0["name"] as? String } == report.requirements.map(\.requirement.attributes.name)
            )
            let errors = try #require(object["errors"] as? [[String: Any]])
            #expect(errors.map { $0["message"] as? String } == report.failures.map(\.message))
        }
    }

    @Test func theLastLineCounts() throws {
        let text = render(Situation.all[0], .text, RenderOptions())
        #expect(text.hasSuffix("\n3 errors, 1 warning, 2 fixable with --fix\n"))
    }
}
