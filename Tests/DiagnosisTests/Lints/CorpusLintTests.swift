import Diagnosis
import Foundation
import Manifests
import Syntax
import TestSupport
import Testing

/// Manifests of public operators, which their own clusters accept and which do their work.
@Suite struct CorpusLintTests {
    @Test(.enabled(if: SharedCorpus.isPresent, "reference data not there"))
    func raisesNoFalseAlarm() throws {
        let folder = try SharedCorpus.path("corpus/roles")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
            .sorted()
        #expect(files.count > 100)
        var invalid: [String] = []
        for file in files {
            let manifests = try ManifestLoader.load(paths: [folder.appending(path: file).path])
            let declared = manifests.declaredPolicy(defaultNamespace: "default")
            for finding in lint(manifests: manifests, declared: declared, requirements: [], operator: nil) {
                if [.ruleInvalid, .crdInvalid].contains(finding.code) { invalid.append("\(file): \(finding.title)") }
                for location in finding.locations {
                    #expect(
                        location.labels.allSatisfy { location.range.contains($0.range) },
                        "\(file): \(finding.title)"
                    )
                }
            }
        }
        // Looked at by hand: these verbs are HTTP methods indeed, and a warning.
        #expect(
            invalid == [
                "projectcontour__contour__examples__root-rbac__rbac.yaml: "
                    + "`put` and `post` are HTTP methods and no verb on resources"
            ]
        )
    }
}

extension SourceRange {
    fileprivate func contains(_ other: SourceRange) -> Bool {
        file == other.file && start <= other.start && other.end <= end
    }
}
