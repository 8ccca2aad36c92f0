import Foundation
import Manifests
import RBAC
import Syntax
import Traces

@testable import Diagnosis

/// Manifests written in a test, and what the lints say about them.
struct LintSituation {
    let text: String
    let manifests: ManifestSet
    let declared: DeclaredPolicy
    let findings: [Finding]

    /// `ClusterRole/manager-role` of these rules.
    static func clusterRole(_ rules: String, requirements: [Requirement] = []) throws -> LintSituation {
        try LintSituation(Self.role("ClusterRole", rules), requirements: requirements)
    }

    static func role(_ kind: String, _ rules: String, metadata: String = "name: manager-role") -> String {
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: \(kind)
        metadata:
          \(metadata)
        rules:
        \(rules)
        """
    }

    init(
        _ text: String,
        requirements: [Requirement] = [],
        operator user: UserInfo? = nil,
        hasTrace: Bool? = nil,
        blamesNames: Bool = false
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lints-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "role.yaml")
        try Data(text.utf8).write(to: file)
        self.text = text
        manifests = try ManifestLoader.load(paths: [file.path])
        declared = manifests.declaredPolicy(defaultNamespace: "demo")
        findings = lint(
            manifests: manifests,
            declared: declared,
            requirements: requirements,
            operator: user,
            hasTrace: hasTrace,
            misnamed: blamesNames ? Set(manifests.roles.flatMap { $0.rules.map(\.range) }) : []
        )
    }

    func findings(_ code: FindingCode) -> [Finding] { findings.filter { $0.code == code } }

    /// The texts under a finding's labels, in the order of the labels.
    func underlined(_ finding: Finding) -> [String] {
        finding.locations.flatMap(\.labels).map { shown($0.range) }
    }

    func shown(_ range: SourceRange) -> String {
        let bytes = Array(text.utf8)
        guard range.start.offset <= range.end.offset, range.end.offset <= bytes.count else { return "out of range" }
        return String(decoding: bytes[range.start.offset..<range.end.offset], as: UTF8.self)
    }
}

extension Requirement {
    /// A recorded call.
    static func call(
        _ verb: String,
        _ resource: String,
        group: String = "",
        subresource: String = "",
        namespace: String = "",
        name: String = ""
    ) -> Requirement {
        Requirement(
            key: Key(
                attributes: RequestAttributes(
                    verb: verb,
                    group: group,
                    resource: resource,
                    subresource: subresource,
                    namespace: namespace,
                    name: name
                )
            ),
            count: 1
        )
    }

    static func call(_ verb: String, path: String) -> Requirement {
        Requirement(key: Key(attributes: RequestAttributes(verb: verb, nonResourceURL: path)), count: 1)
    }
}
