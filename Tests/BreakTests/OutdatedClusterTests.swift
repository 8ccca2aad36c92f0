import Diagnosis
import Manifests
import RBAC
import Testing

/// The manifests are right, and the cluster differs from them: nothing was applied, an older role, or any of the breaks.
@Suite struct OutdatedClusterTests {
    @Test func causesAndRemedies() async throws {
        var generator = BreakGenerator(ProjectSource.own + ProjectSource.shared, seed: Measure.seed)
        let count = Measure.count(else: 280)
        let breaks = generator.outdated(count)
        #expect(breaks.count >= count * 9 / 10)

        let outcomes = try await [Outcome].of(breaks, judge)
        outcomes.printTable("outdated clusters")
        #expect(outcomes.rightShare >= 0.99, "\(outcomes.wrong)")
        #expect(outcomes.unmended.isEmpty, "\(outcomes.unmended)")
    }

    @Sendable private func judge(_ broken: OutdatedProject) async throws -> Outcome {
        var outcome = Outcome(kind: broken.kind, description: broken.description)
        let manifests = try broken.project.objects.manifests(operator: broken.project.account)
        let input = CheckInput(
            manifests: manifests,
            requirements: broken.calls.requirements,
            hasTrace: true,
            isOffline: false
        )
        let report = try await check(input, cluster: ClusterStandIn(broken.cluster, serving: broken.calls))
        outcome.compare(report.codes(broken.calls), with: broken.expected, broken.calls)
        var kubectl = KubectlReader(cluster: broken.cluster, files: broken.project.objects)
        do {
            for command in report.findings.filter(\.isPrincipal).flatMap({ $0.remedy?.commands ?? [] }) {
                try kubectl.run(command)
            }
            let mended = ClusterStandIn(kubectl.cluster, serving: broken.calls)
            outcome.expectMended(try await check(input, cluster: mended), broken.calls, by: "commands")
        } catch { outcome.noteFailure(error, by: "commands") }
        return outcome
    }
}
