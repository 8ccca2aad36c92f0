import Foundation
import Manifests
import RBAC
import Syntax
import TestSupport
import Testing

/// kustomize itself, where kubectl is on this machine.
private enum Kubectl {
    static let path: String? = ["/usr/bin/kubectl", "/usr/local/bin/kubectl"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// What `kubectl kustomize` prints, or `nil` where it refuses.
    static func kustomize(_ folder: String) throws -> String? {
        guard let path else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["kustomize", folder]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}

/// Random kustomizations are read as kustomize builds them.
@Suite(.enabled(if: Kubectl.path != nil, "no kubectl on this machine"))
struct KustomizeOracleTests {
    @Test func namesAreKustomizes() throws {
        var taken = 0
        for seed in 0..<40 {
            var random = SeededGenerator(seed: UInt64(seed))
            let folder = try TemporaryFolder(RandomProject.files(using: &random))
            guard let built = try Kubectl.kustomize(folder("top")) else { continue }
            taken += 1
            let expected = try ManifestLoader.load(paths: ["-"], standardInput: Array(built.utf8))
            let actual = try ManifestLoader.load(paths: [folder("top")])
            #expect(summary(actual) == summary(expected), "\(seed): \(RandomProject.describe(folder))")
        }
        #expect(taken >= 10, "kustomize refuses most of these projects, and little is compared")
    }
}

/// Every name and reference of a set, a line each, sorted.
func summary(_ set: ManifestSet) -> [String] {
    func title(_ identity: ObjectIdentity) -> String { "\(identity.kind) \(identity.namespace)/\(identity.name)" }
    var lines: [String] = []
    for role in set.roles {
        let names = role.rules.map(\.rule.resourceNames)
        lines.append("\(title(role.identity)) \(role.labels.sorted { $0.key < $1.key }) \(names)")
    }
    for binding in set.bindings {
        let subjects = binding.subjects.map { "\($0.kind) \($0.namespace)/\($0.name)" }
        lines.append("\(title(binding.identity)) -> \(binding.roleRef.kind) \(binding.roleRef.name) \(subjects)")
    }
    lines += set.serviceAccounts.map { title($0.identity) }
    lines += set.workloads.map { "\(title($0.identity)) as \($0.serviceAccountName)" }
    lines += set.crds.map { title($0.identity) }
    return lines.sorted()
}

/// Small kustomize projects with few names, so that names meet.
private enum RandomProject {
    static func files(using random: inout SeededGenerator) -> [String: String] {
        var files: [String: String] = [:]
        for base in ["base0", "base1"] {
            files["\(base)/kustomization.yaml"] = kustomization(["objects.yaml"], using: &random)
            files["\(base)/objects.yaml"] = objects(using: &random)
        }
        files["middle/kustomization.yaml"] = kustomization(["../base0", "objects.yaml"], using: &random)
        files["middle/objects.yaml"] = objects(using: &random)
        files["part/kustomization.yaml"] =
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
            + kustomization(["objects.yaml"], using: &random)
        files["part/objects.yaml"] = objects(using: &random)
        let lists = [
            ["../middle", "../base1"], ["../base0"], ["../middle", "objects.yaml"], ["../base1", "../base0"],
        ]
        var top = kustomization(lists.randomElement(using: &random) ?? [], using: &random)
        if Bool.random(using: &random) { top += "components:\n- ../part\n" }
        files["top/kustomization.yaml"] = top
        files["top/objects.yaml"] = objects(using: &random)
        return files
    }

    private static func kustomization(_ resources: [String], using random: inout SeededGenerator) -> String {
        var text = "resources:\n" + resources.map { "- \($0)\n" }.joined()
        if Int.random(in: 0..<2, using: &random) == 0 {
            text += "namePrefix: \(["a-", "b-"].randomElement(using: &random) ?? "")\n"
        }
        if Int.random(in: 0..<4, using: &random) == 0 { text += "nameSuffix: -z\n" }
        if Int.random(in: 0..<3, using: &random) == 0 {
            text += "namespace: \(["prod", "system"].randomElement(using: &random) ?? "")\n"
        }
        if Int.random(in: 0..<4, using: &random) == 0 { text += "commonLabels: {team: red}\n" }
        if Int.random(in: 0..<4, using: &random) == 0 {
            text += "labels:\n- pairs: {rbac.authorization.k8s.io/aggregate-to-view: \"true\"}\n"
        }
        return text
    }

    private static func objects(using random: inout SeededGenerator) -> String {
        let kinds = [
            "ServiceAccount", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "Deployment", "ConfigMap",
            "CustomResourceDefinition", "Namespace", "CronJob",
        ]
        return (0..<Int.random(in: 2..<6, using: &random)).map { _ in
            object(kinds.randomElement(using: &random) ?? "", using: &random)
        }.joined(separator: "---\n")
    }

    private static func object(_ kind: String, using random: inout SeededGenerator) -> String {
        func pick(_ names: [String]) -> String { names.randomElement(using: &random) ?? "" }
        let names = ["op", "default", "viewer"]
        var text = "kind: \(kind)\nmetadata:\n  name: \(kind == "CustomResourceDefinition" ? "as.x.io" : pick(names))\n"
        let isClusterScoped = ["ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "Namespace"].contains(
            kind
        )
        if !isClusterScoped, Bool.random(using: &random) {
            text += "  namespace: \(pick(["system", "other", "default"]))\n"
        }
        let rbac = "apiVersion: rbac.authorization.k8s.io/v1\n"
        switch kind {
        case "Role", "ClusterRole":
            return rbac + text
                + "rules:\n- {apiGroups: [\"\"], resources: [configmaps], resourceNames: [\(pick(names))], verbs: [get]}\n"
        case "RoleBinding", "ClusterRoleBinding":
            let roleKind = kind == "RoleBinding" ? pick(["Role", "ClusterRole"]) : "ClusterRole"
            text +=
                "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: \(roleKind), name: \(pick(names))}\nsubjects:\n"
            for _ in 0..<Int.random(in: 1..<3, using: &random) {
                switch Int.random(in: 0..<4, using: &random) {
                case 0: text += "- {kind: User, apiGroup: rbac.authorization.k8s.io, name: \(pick(names))}\n"
                case 1 where kind == "RoleBinding": text += "- {kind: ServiceAccount, name: \(pick(names))}\n"
                default:
                    text +=
                        "- {kind: ServiceAccount, name: \(pick(names)), namespace: \(pick(["system", "other", "prod"]))}\n"
                }
            }
            return rbac + text
        case "Deployment", "CronJob":
            let pod = "template: {spec: {serviceAccountName: \(pick(names)), containers: [{name: a, image: b}]}}"
            if kind == "Deployment" { return "apiVersion: apps/v1\n" + text + "spec: {\(pod)}\n" }
            return "apiVersion: batch/v1\n" + text + "spec: {jobTemplate: {spec: {\(pod)}}}\n"
        case "CustomResourceDefinition":
            return "apiVersion: apiextensions.k8s.io/v1\n" + text
                + "spec: {group: x.io, names: {plural: as, kind: A}}\n"
        default:
            return "apiVersion: v1\n" + text
        }
    }

    static func describe(_ folder: TemporaryFolder) -> String {
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".yaml") }.sorted().map { name in
            "# \(name)\n" + ((try? String(contentsOfFile: folder(name), encoding: .utf8)) ?? "")
        }.joined(separator: "\n")
    }
}
