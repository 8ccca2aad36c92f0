import Foundation
import Manifests
import TestSupport
import Testing

@testable import Diagnosis

/// Manifests of public operators, each against itself.
@Suite struct CorpusDiffTests {
    @Test(.enabled(if: SharedCorpus.isPresent, "reference data not there"))
    func nothingDiffersFromItself() throws {
        let folder = try SharedCorpus.path("corpus/roles")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
            .sorted()
        var shared = 0
        for file in files {
            let manifests = try ManifestLoader.load(paths: [folder.appending(path: file).path])
            let input = DiffInput(
                side: DiffReport.Side(kind: .manifests, label: file),
                manifests: manifests,
                declared: manifests.declaredPolicy(defaultNamespace: "default"),
                operator: nil
            )
            for report in [diffRoles(input, input), diffCluster(manifests: input, cluster: input)] {
                #expect(report.onlyInA.isEmpty && report.onlyInB.isEmpty, "\(file)")
                shared += report.inBoth.count
            }
        }
        #expect(shared > 1_000)
    }
}
