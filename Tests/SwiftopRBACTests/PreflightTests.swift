import Foundation
import SwiftopRBAC
import TestSupport
import Testing

/// The same answers as `check`, as values.
@Suite struct PreflightTests {
    private static let guestbook = Repository.root.appending(path: "Examples/guestbook-operator").path

    private func offline(_ change: (inout Preflight) -> Void) async throws -> Preflight.Report {
        var preflight = Preflight()
        preflight.cluster = .none
        change(&preflight)
        return try await preflight.run()
    }

    /// What a program prints by `report` and what a user sees by `check` are one thing.
    @Test func saysWhatCheckSays() async throws {
        let (role, trace) = ("\(Self.guestbook)/config/default", "\(Self.guestbook)/rbac-trace.jsonl")
        let report = try await offline {
            $0.manifests = [role]
            $0.traces = [trace]
            $0.profiles = ["for=guestbooks.web.example.org"]
            $0.requirements = ["get pods/log -n shop"]
        }
        let arguments = [
            "check", "--offline", "-r", role, "-t", trace, "-p", "for=guestbooks.web.example.org", "--need",
            "get pods/log -n shop",
        ]
        let check = try CommandRunner().run(arguments)
        #expect(report.text() == check.output)
        #expect(report.json == (try CommandRunner().run(arguments + ["-o", "json"]).output))
        #expect(!report.isGranted && check.status == 1)
    }

    @Test func aFindingAsAValue() async throws {
        let role = try ScratchFolder()
        let path = try role.write(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: op}
            rules:
            - {apiGroups: [""], resources: [secrets], verbs: [get]}

            """
        )
        let report = try await offline {
            $0.manifests = [path]
            $0.requirements = ["list,watch secrets", "get secrets"]
        }
        let finding = try #require(report.findings.first)
        #expect(finding.code == "verb-missing" && finding.severity == .error && finding.isPrincipal)
        #expect(finding.locations.first.map { "\($0.file):\($0.line)" } == "\(path):5")
        #expect(finding.remedy?.rules.first?.verbs == ["list", "watch"])
        let met = Dictionary(uniqueKeysWithValues: report.requirements.map { ($0.verb, $0.isMet) })
        #expect(met == ["get": true, "list": false, "watch": false])
        #expect(report.requirements.allSatisfy { $0.effectiveSelf == .notAsked })
        #expect(report.summary == "1 call is allowed, 2 are not")
        let denied = #expect(throws: Preflight.Denied.self) { try report.requireGranted() }
        #expect(denied?.description.contains("add `list` and `watch` to this rule") == true)
    }

    /// One text for each way to go wrong: what is wrong, and what to do.
    @Test func inputsThatAreWrong() async throws {
        let cases: [(change: (inout Preflight) -> Void, text: String)] = [
            ({ $0.manifests = ["/nonexistent/role.yaml"] }, "/nonexistent/role.yaml: error: no such file"),
            ({ $0.traces = ["/nonexistent/trace"] }, "/nonexistent/trace: error: no such file"),
            ({ $0.requirements = ["list"] }, "--need: error: `list` needs a verb and a resource"),
            ({ $0.profiles = ["owms=pods"] }, "--profile: error: no profile is called `owms`"),
            ({ $0.cluster = .kubeconfig("/nonexistent/kubeconfig") }, "/nonexistent/kubeconfig: error:"),
        ]
        for (change, text) in cases {
            let failure = await #expect(throws: Preflight.Failure.self) { try await offline(change) }
            #expect(failure?.reason == .invalidInput)
            #expect(failure?.description.hasPrefix(text) == true, "\(failure?.description ?? "")")
            #expect(failure?.description.contains("\n  hint: ") == true, "\(failure?.description ?? "")")
        }
    }

    @Test func aServerThatDoesNotAnswer() async throws {
        let folder = try ScratchFolder()
        let port = try StandInServer.freePort()
        let kubeconfig = try folder.write("kubeconfig", Self.kubeconfig("http://127.0.0.1:\(port)"))
        var preflight = Preflight()
        preflight.requirements = ["list pods"]
        preflight.cluster = .kubeconfig(kubeconfig)
        let run = preflight
        let failure = await #expect(throws: Preflight.Failure.self) { try await run.run() }
        #expect(failure?.reason == .noAnswer)
        #expect(failure?.description.contains("127.0.0.1:\(port)") == true, "\(failure?.description ?? "")")
        #expect(failure?.report?.requirements.first?.isMet == nil)
    }

    private static func kubeconfig(_ server: String) -> String {
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "\(server)"}}]
        users: [{name: u, user: {token: t}}]
        contexts: [{name: c, context: {cluster: c, user: u}}]
        current-context: c

        """
    }
}

/// Against a real API server, with a service account's own token.
@Suite(.enabled(if: EnvTest.isPresent, "\(EnvTest.absence)"))
struct PreflightEndToEndTests {
    @Test func asksAsTheServiceAccount() async throws {
        let server = try EnvTest.shared()
        try server.apply(Self.objects)
        let token = try server.kubectl(["create", "token", "op", "-n", "preflight"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let folder = try ScratchFolder()
        var preflight = Preflight()
        preflight.manifests = [try folder.write("role.yaml", Self.objects)]
        preflight.cluster = .kubeconfig(try folder.write("kubeconfig", server.kubeconfig(user: "{token: \(token)}")))
        preflight.requirements = ["list configmaps -n preflight", "list secrets -n preflight"]
        let report = try await preflight.run()
        #expect(report.server?.url == server.address)
        #expect(report.identities.first?.user == "system:serviceaccount:preflight:op")
        #expect(report.requirements.map(\.effectiveSelf) == [.allowed, .denied])
        // Who asks about themselves needs no right to ask about others.
        #expect(report.requirements.map(\.effectiveOperator) == [.allowed, .denied])
        #expect(report.summary == "1 call is allowed, 1 is not")
        #expect(!report.findings.contains { $0.code == "impersonation-refused" })
        #expect(report.findings.map(\.code).contains("rule-missing"))
        #expect(!report.text().contains(token))
        #expect(throws: Preflight.Denied.self) { try report.requireGranted() }
    }

    private static let objects = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: preflight}
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: op, namespace: preflight}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: op, namespace: preflight}
        rules:
        - {apiGroups: [""], resources: [configmaps], verbs: [list]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: op, namespace: preflight}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: op}
        subjects: [{kind: ServiceAccount, name: op, namespace: preflight}]

        """
}
