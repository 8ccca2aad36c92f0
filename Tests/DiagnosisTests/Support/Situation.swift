import Diagnosis
import Foundation
import Manifests
import RBAC
import Syntax
import Traces

/// Manifests as text, calls as `--need` takes them, and what `check` says.
struct Situation {
    var yaml: String
    var requirements: [Requirement]
    var namespace: String?
    var identity = IdentityChoice.automatic
    var asUser: String?
    var asGroups: [String] = []
    var includesBootstrapPolicy = true

    init(_ yaml: String, needs: [String] = [], namespace: String? = nil) throws {
        self.yaml = yaml
        self.namespace = namespace
        requirements = try needs.flatMap { try NeedExpression.parse($0) }
    }

    func manifests() throws -> ManifestSet { try Manifest.load(yaml) }

    func input() throws -> CheckInput {
        CheckInput(
            manifests: yaml.isEmpty ? nil : try manifests(),
            requirements: RequirementSet(requirements).requirements,
            hasTrace: false,
            identity: identity,
            namespace: namespace,
            asUser: asUser,
            asGroups: asGroups,
            isOffline: true,
            includesBootstrapPolicy: includesBootstrapPolicy
        )
    }

    func check(_ cluster: (any ClusterAccess)? = nil) async throws -> CheckReport {
        var input = try input()
        input.isOffline = cluster == nil
        return try await Diagnosis.check(input, cluster: cluster)
    }
}

/// YAML texts as the loader reads files.
enum Manifest {
    static func load(_ yaml: String) throws -> ManifestSet {
        let folder = FileManager.default.temporaryDirectory.appending(path: "swiftop-rbac-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "role.yaml")
        try Data(yaml.utf8).write(to: file)
        return try ManifestLoader.load(paths: [file.path])
    }

    static func documents(_ texts: String...) -> String { texts.joined(separator: "\n---\n") }

    /// The ClusterRole that an operator usually has.
    static func role(_ rules: String) -> String { role("manager-role", rules) }

    static func role(_ name: String, namespace: String? = nil, labels: String = "", _ rules: String) -> String {
        let kind = namespace == nil ? "ClusterRole" : "Role"
        var metadata = "name: \(name)"
        if let namespace { metadata += ", namespace: \(namespace)" }
        if !labels.isEmpty { metadata += ", labels: {\(labels)}" }
        return """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: \(kind)
            metadata: {\(metadata)}
            rules:
            \(rules)
            """
    }

    static func binding(
        _ name: String = "manager-rolebinding",
        to role: String = "ClusterRole/manager-role",
        namespace: String? = nil,
        subject: String = "{kind: ServiceAccount, name: operator, namespace: demo}"
    ) -> String {
        let parts = role.split(separator: "/")
        let kind = namespace == nil ? "ClusterRoleBinding" : "RoleBinding"
        var metadata = "name: \(name)"
        if let namespace { metadata += ", namespace: \(namespace)" }
        return """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: \(kind)
            metadata: {\(metadata)}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: \(parts[0]), name: \(parts[1])}
            subjects:
            - \(subject)
            """
    }

    static func account(_ name: String = "operator", namespace: String = "demo") -> String {
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: \(name), namespace: \(namespace)}
        """
    }

    static func deployment(_ name: String = "operator", account: String = "operator", namespace: String = "demo")
        -> String
    {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: \(name), namespace: \(namespace)}
        spec: {template: {spec: {serviceAccountName: \(account)}}}
        """
    }
}

extension CheckReport {
    /// The principal code of each requirement, in their order; `ok` where it is met.
    var principalCodes: [String] {
        requirements.map { judged in
            let codes = judged.findings.map { findings[$0] }.filter(\.isPrincipal).map(\.code.rawValue)
            return codes.isEmpty ? (judged.isMet == true ? "ok" : "none") : codes.joined(separator: "+")
        }
    }

    func principal(_ code: FindingCode) -> Finding? { findings.first { $0.code == code && $0.isPrincipal } }

    /// What is underlined in a finding's locations, each as its text in the file.
    func underlined(_ finding: Finding) -> [String] {
        finding.locations.flatMap(\.labels).map { label in
            guard let text = texts[label.range.file] else { return "?" }
            let bytes = Array(text.utf8)
            let range = label.range.start.offset..<min(label.range.end.offset, bytes.count)
            return String(decoding: bytes[range], as: UTF8.self)
        }
    }
}
