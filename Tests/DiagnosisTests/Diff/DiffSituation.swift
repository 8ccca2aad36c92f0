import Foundation
import Manifests
import RBAC
import Syntax
import Traces

@testable import Diagnosis

/// Manifests written in a test, as a side of a comparison.
struct DiffSituation {
    let text: String
    let input: DiffInput

    init(_ text: String, name: String = "role.yaml", operator user: UserInfo? = nil) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "diff-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        self.text = text
        let manifests = try ManifestLoader.load(paths: [file.path])
        input = DiffInput(
            side: DiffReport.Side(kind: manifests.isClusterDump ? .cluster : .manifests, label: name),
            manifests: manifests,
            declared: manifests.declaredPolicy(defaultNamespace: "demo"),
            operator: user
        )
    }

    static let account = ServiceAccountName(namespace: "demo", name: "operator")

    static func role(
        _ rules: [String],
        kind: String = "ClusterRole",
        name: String = "manager-role",
        uid: String? = nil,
        extra: String = ""
    ) -> String {
        let metadata =
            (["name: \(name)"] + (uid.map { ["uid: \($0)"] } ?? []) + (kind == "Role" ? ["namespace: demo"] : []))
            .joined(separator: ", ")
        return """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: \(kind)
            metadata: {\(metadata)\(extra)}
            rules:\(rules.isEmpty ? " []" : "")
            \(rules.map { "- {\($0)}" }.joined(separator: "\n"))

            """
    }

    static func binding(
        to role: String = "ClusterRole/manager-role",
        name: String = "manager",
        namespace: String? = nil,
        subjects: [String] = ["demo/operator"]
    ) -> String {
        let reference = role.split(separator: "/")
        let place = namespace.map { ", namespace: \($0)" } ?? ""
        let accounts = subjects.map { $0.split(separator: "/") }
            .map { "{kind: ServiceAccount, namespace: \($0[0]), name: \($0[1])}" }.joined(separator: ", ")
        return """
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: \(namespace == nil ? "ClusterRoleBinding" : "RoleBinding")
            metadata: {name: \(name)\(place)}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: \(reference[0]), name: \(reference[1])}
            subjects: [\(accounts)]

            """
    }

    func underlined(_ item: DiffReport.Item) -> [String] {
        item.locations.flatMap(\.labels).map { shown($0.range) }
    }

    func shown(_ range: SourceRange) -> String {
        let bytes = Array(text.utf8)
        guard range.start.offset <= range.end.offset, range.end.offset <= bytes.count else { return "out of range" }
        return String(decoding: bytes[range.start.offset..<range.end.offset], as: UTF8.self)
    }
}

extension DiffReport.Item {
    /// `added ClusterRole/manager-role (demo/operator): list on pods`: enough to tell items apart in a test.
    var gist: String {
        switch content {
        case .requirement(let requirement):
            return "\(change.rawValue) \(requirement.attributes.verb) \(requirement.attributes.qualifiedName)"
        case .rule(let granted):
            let place = granted.namespace.map { " in \($0)" } ?? ""
            let who = granted.subjects.isEmpty ? "" : " to \(granted.subjects.joined(separator: ", "))"
            return
                "\(change.rawValue) \(granted.binding ?? granted.role)\(place)\(who): \(granted.rule?.inWords ?? "all of it")"
        }
    }
}
