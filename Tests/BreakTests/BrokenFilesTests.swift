import Diagnosis
import Manifests
import RBAC
import TestSupport
import Testing
import Traces

/// One thing is broken in manifests that were right. The diagnosis names it, and what it says to do mends it.
///
/// `SWIFTOP_RBAC_BREAKS=N` draws N breaks and prints a table, `SWIFTOP_RBAC_SEED=N` draws others.
@Suite struct BrokenFilesTests {
    @Test func causesAndRemedies() async throws {
        var generator = BreakGenerator(ProjectSource.own + ProjectSource.shared, seed: Measure.seed)
        let count = Measure.count(else: 1_000)
        let breaks = generator.breaks(count)
        #expect(breaks.count >= count * 9 / 10)
        #expect(Set(breaks.map(\.kind)) == Set(Break.allCases))

        let outcomes = try await [Outcome].of(breaks, judge)
        outcomes.printTable("broken files")
        #expect(outcomes.rightShare >= 0.99, "\(outcomes.wrong)")
        #expect(outcomes.unmended.isEmpty, "\(outcomes.unmended)")
    }

    /// Without what lies beside the repository there are as many.
    @Test func ownProjectsAreEnough() {
        var generator = BreakGenerator(ProjectSource.own, seed: Measure.seed)
        #expect(generator.breaks(1_000).count >= 1_000)
    }

    @Sendable private func judge(_ broken: BrokenProject) async throws -> Outcome {
        var outcome = Outcome(kind: broken.kind.rawValue, description: broken.description)
        outcome.isPlain = broken.isPlain
        let account = broken.project.account
        let folder = try ScratchFolder()
        let file = try folder.write("role.yaml", broken.objects.yaml(operator: account))
        let manifests = try ManifestLoader.load(paths: [file])
        let report = try await check(input(manifests, broken))
        let codes = report.codes(broken.calls)
        outcome.compare(codes, with: broken.expected, broken.calls)
        // Of a role that nobody has seen there is nothing to write.
        guard !codes.contains("unknown") else { return outcome }
        for way in Remedying.allCases {
            do {
                guard let mended = try broken.mended(report, manifests, by: way) else { continue }
                let after = try await check(input(try mended.manifests(operator: account), broken))
                outcome.expectMended(after, broken.calls, by: way.rawValue)
            } catch { outcome.noteFailure(error, by: way.rawValue) }
        }
        try await outcome.fix(report, broken)
        for finding in report.findings where finding.isPrincipal { outcome.expectRules(finding, report) }
        return outcome
    }

    private func input(_ manifests: ManifestSet, _ broken: BrokenProject) -> CheckInput {
        CheckInput(manifests: manifests, requirements: broken.calls.requirements, hasTrace: true)
    }
}

extension Outcome {
    /// `check --fix`: the text that it writes grants all that the edits are about.
    fileprivate mutating func fix(_ report: CheckReport, _ broken: BrokenProject) async throws {
        let editable = report.findings.indices.filter { !(report.findings[$0].remedy?.edits.isEmpty ?? true) }
        guard !editable.isEmpty else { return }
        let plan = report.fixes(FixOptions(overwritesAll: true))
        remedies += 1
        let fixed = Set(plan.fixes.map(\.finding))
        for index in editable where !fixed.contains(index) {
            unmended.append("\(description), by --fix: \(report.findings[index].title): \(plan.refusals)")
        }
        guard let manifests = plan.manifests else { return }
        let after = try await check(
            CheckInput(manifests: manifests, requirements: broken.calls.requirements, hasTrace: true)
        )
        let codes = after.codes(broken.calls)
        let mended = Set(fixed.flatMap { report.findings[$0].requirements }.map { report.requirements[$0].requirement })
        for (call, code) in zip(broken.calls, codes)
        where code != "ok" && mended.contains(where: { $0.attributes == call }) {
            unmended.append("\(description), by --fix: \(call.text): \(code)")
        }
    }

    /// The rules of a remedy grant each call of its finding.
    fileprivate mutating func expectRules(_ finding: Finding, _ report: CheckReport) {
        for call in finding.requirements.map({ report.requirements[$0].requirement.attributes })
        where !(finding.remedy?.rules.contains { allows($0, call) } ?? false) {
            unmended.append("\(description), by rules: \(call.text)")
        }
    }
}
