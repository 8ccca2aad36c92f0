import Foundation
import TestSupport

/// A copy of Examples/MyApp's manifests that a test makes mistakes in.
struct StoryProject {
    static let example = Repository.root.appending(path: "Examples/MyApp")

    let folder: ScratchFolder
    let server: EnvTest

    init(_ server: EnvTest) throws {
        self.server = server
        folder = try ScratchFolder()
        for name in ["config", "Makefile"] {
            try FileManager.default.copyItem(
                at: Self.example.appending(path: name),
                to: folder.url.appending(path: name)
            )
        }
        let trace = Repository.fixtures.appending(path: "story/rbac-trace.jsonl")
        try FileManager.default.copyItem(at: trace, to: folder.url.appending(path: "rbac-trace.jsonl"))
    }

    // MARK: - Mistakes

    /// Takes the rule out of role.yaml that lists a resource, with the comment above it.
    func removeRule(for resource: String) throws {
        let text = try folder.read("config/rbac/role.yaml")
        var parts = text.components(separatedBy: "rules:\n")
        let rules = Self.rules(parts[1])
        let rest = rules.filter { !$0.contains("  - \(resource)\n") }
        guard rest.count == rules.count - 1 else { throw StoryFailure("no rule of role.yaml has `\(resource)`") }
        parts[1] = rest.joined()
        try folder.write("config/rbac/role.yaml", parts.joined(separator: "rules:\n"))
    }

    /// Each begins with its comment, or with its first line.
    private static func rules(_ text: String) -> [String] {
        var rules: [String] = []
        var isInComment = false
        for line in text.split(separator: "\n").map({ $0 + "\n" }) {
            let begins = line.hasPrefix("#") ? !isInComment : line.hasPrefix("- ") && !isInComment
            if begins || rules.isEmpty { rules.append("") }
            rules[rules.count - 1] += line
            isInComment = line.hasPrefix("#")
        }
        return rules
    }

    /// Takes the status subresource out of the CRD.
    func removeStatus() throws {
        let name = "config/crd/bases/example.com_myapps.yaml"
        let text = try folder.read(name)
        let changed = text.replacing("    subresources:\n      status: {}\n", with: "")
        guard changed != text else { throw StoryFailure("\(name) has no status subresource") }
        try folder.write(name, changed)
    }

    /// Undoes all mistakes.
    func restore() throws {
        for name in ["config/rbac/role.yaml", "config/crd/bases/example.com_myapps.yaml"] {
            try folder.write(name, try String(contentsOf: Self.example.appending(path: name), encoding: .utf8))
        }
    }

    // MARK: - The cluster

    /// `make install`: the CRD, and nothing else.
    func install() throws { try server.kubectl(["apply", "-k", "\(folder.path)/config/crd"]) }

    /// `make deploy`.
    func deploy() throws { try server.kubectl(["apply", "-k", "\(folder.path)/config/default"]) }

    /// A part of it.
    func deploy(_ isWanted: (String) -> Bool) throws {
        let objects = try server.kubectl(["kustomize", "\(folder.path)/config/default"])
            .components(separatedBy: "---\n").filter(isWanted)
        try server.apply(objects.joined(separator: "---\n"))
    }

    /// All but the namespace: without a controller of namespaces it would never be gone.
    func undeploy() throws {
        // A CRD is not gone before its objects are.
        try? removeSample()
        let objects = try server.kubectl(["kustomize", "\(folder.path)/config/default"])
            .components(separatedBy: "---\n").filter { !$0.contains("kind: Namespace\n") }
        try server.kubectl(["delete", "--ignore-not-found", "-f", "-"], input: objects.joined(separator: "---\n"))
    }

    /// A MyApp, and the Secret that it names.
    func applySample() throws { try server.kubectl(["apply", "-n", "default", "-f", "\(folder.path)/config/samples"]) }

    /// Takes both away, and what was made for them; nobody may be there to finalize.
    func removeSample() throws {
        let none = #"{"metadata":{"finalizers":null}}"#
        _ = try? server.kubectl(["delete", "-n", "default", "--wait=false", "myapp/hello"])
        _ = try? server.kubectl(["patch", "myapp", "hello", "-n", "default", "--type=merge", "-p", none])
        try server.kubectl([
            "delete", "-n", "default", "--ignore-not-found", "deployment/hello", "secret/hello-settings",
        ])
    }

    /// Discovery follows a CRD after a moment.
    func waitForStatus(isServed: Bool) throws {
        while try server.kubectl(["get", "--raw", "/apis/example.com/v1"]).contains("myapps/status") != isServed {
            Thread.sleep(forTimeInterval: 0.05)
        }
    }

    // MARK: - Commands

    /// Runs the program here, with the administrator's kubeconfig.
    func run(_ arguments: [String]) throws -> CommandRunner.Outcome {
        let environment = [
            "KUBECONFIG": server.adminKubeconfig, "XDG_CACHE_HOME": folder.url.appending(path: "cache").path,
        ]
        return try CommandRunner(workingDirectory: folder.url, environment: environment).run(arguments)
    }

    /// A token of the operator's own service account.
    func operatorToken() throws -> String {
        try server.kubectl(["create", "token", "myapp-controller-manager", "-n", "myapp-system"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

struct StoryFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
