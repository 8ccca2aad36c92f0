import Diagnosis
import Foundation
import Manifests
import RBAC
import TestSupport
import Testing
import Traces

/// The same breaks in a real API server: the reviews are its own, and the commands are run by a shell.
@Suite(.enabled(if: EnvTest.isPresent, "\(EnvTest.absence)"))
struct ServerTests {
    /// Files and cluster are broken alike.
    @Test func brokenFilesThatAreApplied() async throws {
        let server = try BreakServer()
        var generator = BreakGenerator(ProjectSource.own + ProjectSource.shared, seed: Measure.seed)
        generator.relocate("f")
        let breaks = generator.breaks(Measure.count(else: 24))
        try server.create(breaks.map { ($0.objects, $0.project, $0.calls) })
        let outcomes = try await [Outcome].of(breaks) { try await judge($0, server) }
        outcomes.printTable("broken files that are applied to an API server")
        #expect(outcomes.rightShare >= 0.99, "\(outcomes.wrong)")
        #expect(outcomes.unmended.isEmpty, "\(outcomes.unmended)")
    }

    @Sendable private func judge(_ broken: BrokenProject, _ server: BreakServer) async throws -> Outcome {
        var outcome = Outcome(kind: broken.kind.rawValue, description: broken.description)
        outcome.isPlain = broken.isPlain
        let name = "\(UUID().uuidString).yaml"
        let file = try server.folder.write(name, broken.objects.yaml(operator: broken.project.account))
        let (report, manifests) = try await server.check(file, broken.calls)
        let codes = report.codes(broken.calls)
        // What the files alone cannot tell (a role that is not among them) the cluster does: its remedy has to mend it.
        let expected = zip(broken.expected, codes).map { $0 == "unknown" && $1 != "access-denied" ? $1 : $0 }
        outcome.compare(codes, with: expected, broken.calls)
        guard !codes.contains("unknown") else { return outcome }
        let findings = report.findings.filter(\.isPrincipal)
        do {
            guard let way = Remedying.allCases.first(where: { way in findings.contains { $0.offers(way) } }),
                let mended = try broken.mended(report, manifests, by: way)
            else { throw RemedyReader.Failure(description: "no remedy") }
            try server.folder.write(name, mended.yaml(operator: broken.project.account))
            try server.run(findings.flatMap { $0.remedy?.commands ?? [] })
            if findings.contains(where: { !$0.offers(.commands) }) { try server.run(["kubectl apply -f \(file)"]) }
            try await server.aggregate(mended)
            outcome.expectMended(try await server.check(file, broken.calls).report, broken.calls, by: "commands")
        } catch { outcome.noteFailure(error, by: "commands") }
        return outcome
    }

    /// The files are right.
    @Test func outdatedClusters() async throws {
        let server = try BreakServer()
        var generator = BreakGenerator(ProjectSource.own + ProjectSource.shared, seed: Measure.seed)
        generator.relocate("c")
        let breaks = generator.outdated(Measure.count(else: 28))
        try server.create(breaks.map { ($0.cluster, $0.project, $0.calls) })
        let outcomes = try await [Outcome].of(breaks) { try await judge($0, server) }
        outcomes.printTable("outdated API server")
        #expect(outcomes.rightShare >= 0.99, "\(outcomes.wrong)")
        #expect(outcomes.unmended.isEmpty, "\(outcomes.unmended)")
    }

    @Sendable private func judge(_ broken: OutdatedProject, _ server: BreakServer) async throws -> Outcome {
        var outcome = Outcome(kind: broken.kind, description: broken.description)
        let name = "\(UUID().uuidString).yaml"
        let file = try server.folder.write(name, broken.project.objects.yaml(operator: broken.project.account))
        let (report, _) = try await server.check(file, broken.calls)
        outcome.compare(report.codes(broken.calls), with: broken.expected, broken.calls)
        do {
            try server.run(report.findings.filter(\.isPrincipal).flatMap { $0.remedy?.commands ?? [] })
            try await server.aggregate(broken.project.objects)
            outcome.expectMended(try await server.check(file, broken.calls).report, broken.calls, by: "commands")
        } catch { outcome.noteFailure(error, by: "commands") }
        return outcome
    }
}
