import Foundation
import TestSupport
import Testing

/// A server that denies by another authorizer than RBAC, and one that takes its time.
@Suite struct DenialAndProgressTests {
    /// RBAC never sets `denied`: with it no role mends the call, whether the roles in the cluster could be read or not.
    @Test(arguments: [true, false])
    func aWebhookThatDeniesIsNamed(_ isExplicit: Bool) throws {
        let project = try OnlineProject(calls: 2)
        let api = StandInAPI { review in
            review["name"] == "s1"
                ? .init(false, reason: "closed by the policy \"no-secrets\"", isExplicitDenial: isExplicit)
                : .init(review["resource"] == "secrets")
        }
        let server = try StandInServer { request in
            request.path.hasPrefix("/apis/rbac.") ? .text("busy\n", status: 403) : api.reply(to: request)
        }
        try project.connect(to: server.address, cluster: "")
        let report = try project.run(["check", "--identity", "operator"]).report
        let finding = try #require(report.finding(isExplicit ? "denied-elsewhere" : "access-denied"))
        #expect(finding.principal && finding.requirements.count == 1)
        #expect(finding.evidence.contains { $0.contains("closed by the policy \"no-secrets\"") })
        #expect(finding.remedy?.commands?.isEmpty == isExplicit)
        #expect(report.finding(isExplicit ? "access-denied" : "denied-elsewhere") == nil)
    }

    /// Counts on a terminal once half a second has passed, and nothing of it left; none of it elsewhere.
    @Test func progressOnATerminal() throws {
        let project = try OnlineProject(calls: 3)
        let api = StandInAPI { _ in .init(true) }
        let server = try StandInServer { request in
            if request.json["spec"].map({ "\($0)".contains("s2") }) ?? false { Thread.sleep(forTimeInterval: 1.5) }
            return api.reply(to: request)
        }
        try project.connect(to: server.address, cluster: "")
        let check = ["check", "--identity", "self", "--color", "never"]
        let plain = try project.text(check)
        #expect(!plain.errors.contains("asking the API server"))

        let command = ([CommandRunner.executable.path] + check).map { "'\($0)'" }.joined(separator: " ")
        var terminal = CommandRunner(
            workingDirectory: project.folder.url,
            environment: [
                "KUBECONFIG": "kubeconfig", "XDG_CACHE_HOME": project.folder.path + "/cache", "TERM": "xterm",
            ]
        )
        terminal.program = URL(fileURLWithPath: "/usr/bin/script")
        let shown = try terminal.run(["-qec", command, "/dev/null"])
        #expect(shown.output.contains("\rasking the API server ["))
        #expect(shown.output.contains("] 3 of 4\u{1B}[K"))
        let end = try #require(shown.output.range(of: "asking the API server", options: .backwards))
        #expect(shown.output[end.upperBound...].contains("\r\u{1B}[K"))
    }
}
