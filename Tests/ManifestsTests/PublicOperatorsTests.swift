import Foundation
import Manifests
import RBAC
import Syntax
import TestSupport
import Testing

/// Manifests of public operators; they lie beside the repository on some machines and are never part of it.
@Suite(.enabled(if: SharedCorpus.isPresent, "the reference manifests are not on this machine"))
struct PublicOperatorsTests {
    @Test func everyFileLoadsWithItsRolesAndBindings() throws {
        let folder = try SharedCorpus.path("corpus/roles")
        let table = try String(contentsOf: folder.appending(path: "SOURCES.tsv"), encoding: .utf8)
        let rows = table.split(separator: "\n").dropFirst().map { $0.components(separatedBy: "\t") }
        #expect(rows.count == 141)
        for row in rows {
            let set = try ManifestLoader.load(paths: [folder.appending(path: row[0]).path])
            let counts = "roles=\(set.roles.count) bindings=\(set.bindings.count)"
            #expect(row[5].hasPrefix(counts), "\(row[0]): \(counts), expected \(row[5])")
        }
    }

    @Test func everyRuleStandsWhereItsPositionsSay() throws {
        let folder = try SharedCorpus.path("corpus/roles")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".yaml") {
            let path = folder.appending(path: name).path
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            for role in try ManifestLoader.load(paths: [path]).roles {
                for rule in role.rules {
                    for (text, range) in zip(rule.rule.verbs + rule.rule.resources, rule.verbs + rule.resources) {
                        let slice = String(decoding: bytes[range.start.offset..<range.end.offset], as: UTF8.self)
                        #expect(slice.trimmingCharacters(in: ["\"", "'"]) == text, "\(name):\(range.start.line)")
                    }
                }
            }
        }
    }
}
