import Foundation
import RBAC
import Syntax
import TestSupport
import Testing

@testable import Manifests

/// Go files with one marker each, in every form and every place, and what controller-gen 0.18 makes of them:
/// `controller-gen rbac:roleName=r paths=./... output:stdout`.
@Suite struct RecordedMarkerTests {
    private struct Case: Decodable {
        struct Rule: Decodable {
            var apiGroups: [String]?
            var resources: [String]?
            var resourceNames: [String]?
            var nonResourceURLs: [String]?
            var verbs: [String]

            var rule: PolicyRule {
                PolicyRule(
                    verbs: verbs,
                    apiGroups: apiGroups ?? [],
                    resources: resources ?? [],
                    resourceNames: resourceNames ?? [],
                    nonResourceURLs: nonResourceURLs ?? []
                )
            }
        }

        var name: String
        var file: String
        var code: String
        var isError: Bool
        var rules: [Rule]
    }

    @Test func readsWhatControllerGenReads() throws {
        let path = Repository.fixtures.appending(path: "markers/controller-gen.jsonl")
        let cases = try String(contentsOf: path, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Case.self, from: Data($0.utf8))
        }
        #expect(cases.count == 152)
        for example in cases {
            let file = try #require(GoMarkerFile(example.code, path: example.file), "\(example.name)")
            let isMalformed = file.ignored.contains { if case .malformed = $0.reason { true } else { false } }
            #expect(isMalformed == example.isError, "\(example.name): \(file.ignored.map(\.reason))")
            let (ours, theirs) = (file.markers.map(\.rule), example.rules.map(\.rule))
            #expect(
                RuleCoverage.covers(ours, by: theirs) && RuleCoverage.covers(theirs, by: ours),
                "\(example.name): \(ours)"
            )
            // What is silently ignored is told, but for what stands in a string.
            if theirs.isEmpty, !example.isError, !example.code.contains("`\n"), example.code.contains("verbs=get") {
                #expect(!file.ignored.isEmpty || !file.markers.isEmpty, "\(example.name)")
            }
        }
    }
}
