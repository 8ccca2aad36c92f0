import Foundation
import TestSupport
import Testing

@testable import Diagnosis

@Suite struct CodeTextTests {
    @Test(arguments: FindingCode.allCases) func isComplete(_ code: FindingCode) {
        let text = code.text
        #expect(text.code == code)
        #expect(!text.summary.contains("\n") && text.summary.utf8.count <= 80)
        #expect(text.summary.first?.isUppercase == false || text.summary.hasPrefix("RBAC"))
        #expect(!text.summary.hasSuffix("."))
        #expect(!text.example.input.isEmpty && !text.example.says.isEmpty)
        #expect(!text.example.says.hasSuffix(".") && !text.example.says.contains("\n"))
        // One paragraph each: whoever prints it chooses the width.
        for paragraph in [text.meaning, text.remedy] {
            #expect(!paragraph.contains("\n") && !paragraph.contains("  "))
            #expect(paragraph.hasSuffix(".") || paragraph.hasSuffix(")") || paragraph.hasSuffix("`"))
            #expect(paragraph.utf8.count < 700)
            #expect(paragraph.count { $0 == "`" }.isMultiple(of: 2))
        }
        #expect(text.documentation.hasPrefix("https://kubernetes.io/docs/"))
    }

    /// Two codes with one text would be a slip of the copying hand.
    @Test func differ() {
        #expect(Set(FindingCode.allCases.map(\.text.summary)).count == FindingCode.allCases.count)
        #expect(Set(FindingCode.allCases.map(\.text.meaning)).count == FindingCode.allCases.count)
    }

    /// The severities of the contract with users.
    @Test func weighAsPromised() {
        let warnings: Set<FindingCode> = [
            .impersonationRefused, .unknown, .cachedReadNeedsListWatch, .finalizersPermission, .excessPermission,
            .wildcardGrant, .riskyPermission, .markerDrift,
        ]
        for code in FindingCode.allCases {
            #expect(code.text.severity == (warnings.contains(code) ? .warning : .error), "\(code)")
        }
    }

    @Test(arguments: ["verb-missing", "VERB-MISSING", "verb_missing", "Verb missing"])
    func areFoundByName(_ name: String) {
        #expect(FindingCode(named: name) == .verbMissing)
    }

    @Test(arguments: [
        ("verb-mising", FindingCode.verbMissing),
        ("rule_misssing", .ruleMissing),
        ("wildcard-grants", .wildcardGrant),
        ("wildcard", .wildcardGrant),
        ("unkown", .unknown),
        ("missing-verb", .verbMissing),
        ("scope-too-narrow", .namespaceScopeTooNarrow),
        ("binding-subject-mismatch", .subjectMismatch),
    ]) func areSuggested(_ name: String, _ expected: FindingCode) {
        #expect(FindingCode(named: name) == nil)
        #expect(FindingCode.suggestions(for: name).first == expected)
    }

    @Test func nothingIsSuggestedForNonsense() {
        #expect(FindingCode.suggestions(for: "quux").isEmpty)
        #expect(FindingCode.suggestions(for: "").isEmpty)
        #expect(FindingCode.suggestions(for: String(repeating: "verb-missing", count: 10_000)).isEmpty)
    }
}
