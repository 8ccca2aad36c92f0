import Foundation
import TestSupport
import Testing

@testable import Recorder

/// The child's surroundings: its program, its folder, its environment.
@Suite struct ChildTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    @Test func programsAreFoundAsAShellFindsThem() throws {
        try folder.write("first/tool", "#!/bin/sh\n")
        let second = try folder.write("second/tool", "#!/bin/sh\n", isExecutable: true)
        let path = "\(folder.path)/none:\(folder.path)/first:\(folder.path)/second"
        #expect(try Program.find("tool", path: path) == second)
        #expect(try Program.find(second, path: "") == second)
        #expect(throws: CommandNotStarted.self) { try Program.find("tool", path: "\(folder.path)/first") }
        for (command, status) in [("tool", 126), ("nonesuch", 127), ("", 127), ("\(folder.path)/first", 126)] {
            do {
                _ = try Program.find(command, path: "\(folder.path)/first")
                Issue.record("\(command) was found")
            } catch { #expect(error.status == Int32(status)) }
        }
    }

    @Test func theFolderIsTheUsersAloneAndGoesAway() throws {
        let environment = ["XDG_RUNTIME_DIR": folder.path]
        var path = ""
        do {
            let run = try RunFolder(environment: environment)
            path = run.path
            let file = try run.write(kubeconfig: "secret")
            #expect(try permissions(path) == 0o700)
            #expect(try permissions(file) == 0o600)
            // Another run leaves it alone: its lock is held.
            _ = try RunFolder(environment: environment)
            #expect(FileManager.default.fileExists(atPath: file))
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func whatAKilledRunLeftIsRemovedByTheNext() throws {
        let stale = "swiftop-rbac-run-stale"
        try folder.write("\(stale)/kubeconfig", "secret")
        try folder.write("\(stale)/lock", "")
        try folder.write("other/kubeconfig", "mine")
        _ = try RunFolder(environment: ["XDG_RUNTIME_DIR": folder.path])
        #expect(try folder.names(".") == ["other"])
    }

    @Test func nothingLeadsPastTheProxy() {
        let own = [
            "KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443", "KUBECONFIG": "mine", "A": "b",
            "HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "corp",
        ]
        let variables = ChildEnvironment.variables(own, kubeconfig: "/run/k")
        #expect(
            variables == [
                "KUBECONFIG": "/run/k", "A": "b", "HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "corp,127.0.0.1",
                "no_proxy": "127.0.0.1",
            ]
        )
    }

    @Test func theKubeconfigKeepsTheNamesOfTheContext() {
        let text = ChildEnvironment.kubeconfig(
            port: 4711,
            authority: "PEM",
            token: BearerToken(),
            names: .init(context: "kind-\"a\"", namespace: "demo")
        )
        #expect(text.contains("current-context: \"kind-\\\"a\\\"\""))
        #expect(text.contains("namespace: \"demo\""))
        #expect(text.contains("server: https://127.0.0.1:4711"))
    }

    private func permissions(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? Int) ?? 0
    }
}
