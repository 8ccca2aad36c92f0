import Diagnosis
import RBAC
import TestSupport
import Testing
import Traces

/// On manifests that are right there is no error, and a warning only where what it speaks of is there.
@Suite struct UnbrokenTests {
    @Test(arguments: Shape.allCases) func noErrorAndNoUnfoundedWarning(_ shape: Shape) async throws {
        for project in ProjectSource.own + ProjectSource.shared {
            var random = SeededGenerator(seed: Measure.seed)
            guard let shaped = project.shaped(shape, using: &random), shaped.objects.isUnambiguous else { continue }
            let calls = shaped.allowedCalls.shuffled(using: &random).prefix(40)
            try await expectNothingWrong(shaped, Array(calls))
        }
    }

    private func expectNothingWrong(_ project: Project, _ calls: [RequestAttributes]) async throws {
        var input = CheckInput(
            manifests: try project.objects.manifests(operator: project.account),
            requirements: calls.requirements,
            hasTrace: true
        )
        for isOffline in [true, false] {
            input.isOffline = isOffline
            let cluster = isOffline ? nil : ClusterStandIn(project.objects, serving: calls)
            let report = try await check(input, cluster: cluster)
            #expect(report.summary.met == calls.count && report.summary.errors == 0, "\(project.name)")
            for finding in report.findings {
                #expect(isFounded(finding, project, calls), "\(project.name): \(finding.code): \(finding.title)")
            }
            // Roles and bindings are read to explain a refusal, and there is none.
            #expect(cluster?.questions.contains("objects") != true)
        }
    }

    /// Whether the objects have what a warning speaks of.
    private func isFounded(_ finding: Finding, _ project: Project, _ calls: [RequestAttributes]) -> Bool {
        let rules = project.objects.roles.flatMap(\.role.rules).map(\.rule)
        let words = rules.flatMap { $0.verbs + $0.apiGroups + $0.resources + $0.nonResourceURLs }
        switch finding.code {
        case .wildcardGrant: return words.contains { $0.contains("*") }
        case .riskyPermission: return !finding.locations.isEmpty
        case .ruleInvalid: return finding.severity == .warning && !finding.locations.isEmpty
        case .excessPermission: return project.hasIdlePermission(calls)
        default: return false
        }
    }
}

extension Project {
    /// Whether some permission, where some binding gives it, was used by none of the calls.
    fileprivate func hasIdlePermission(_ calls: [RequestAttributes]) -> Bool {
        let verdict = Verdict(objects: objects, account: account)
        return objects.bindings.indices.contains { index in
            let used = calls.filter { verdict.reaches(objects.bindings[index], $0) }
            return verdict.roleOfBinding[index].map { role in
                verdict.rules(role).contains { $0.hasIdlePermission(used) }
            } ?? false
        }
    }
}

extension PolicyRule {
    fileprivate func hasIdlePermission(_ calls: [RequestAttributes]) -> Bool {
        let entries = apiGroups.flatMap { group in resources.map { (group, $0) } } + nonResourceURLs.map { ("", $0) }
        return entries.contains { group, entry in
            verbs.contains { verb in
                [verb, group, entry].contains { $0.contains("*") }
                    || !calls.contains { call in
                        call.verb == verb && call.group == group
                            && (call.nonResourceURL ?? call.qualifiedResource) == entry
                    }
            }
        }
    }
}
