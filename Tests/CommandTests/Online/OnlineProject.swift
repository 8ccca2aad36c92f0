import Foundation
import TestSupport
import Testing

/// A small project in a folder of its own: an operator's manifests, a trace of its calls, a kubeconfig.
struct OnlineProject {
    static let token = "do-not-show-this-token"
    static let password = "do-not-show-this-password"

    let folder: ScratchFolder

    /// - Parameter calls: each gets a secret of its own; the manifests grant them all, and not the listing of ConfigMaps.
    init(calls: Int = 0, namespace: String = "demo") throws {
        folder = try ScratchFolder()
        try folder.write("role.yaml", Self.manifests.replacing("demo", with: namespace))
        let records = (0..<calls).map {
            #"{"verb":"get","group":"","version":"v1","resource":"secrets","namespace":"\#(namespace)","name":"s\#($0)","status":200}"#
        }
        let list =
            #"{"verb":"list","group":"","version":"v1","resource":"configmaps","namespace":"\#(namespace)","status":200}"#
        try folder.write("rbac-trace.jsonl", (records + [list]).joined(separator: "\n") + "\n")
    }

    private static let manifests = """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: op, namespace: demo}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: op-role, namespace: demo}
        rules:
        - apiGroups: [""]
          resources: [secrets]
          verbs: [get]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: op-rolebinding, namespace: demo}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: op-role}
        subjects:
        - {kind: ServiceAccount, name: op, namespace: demo}

        """

    /// Puts down the kubeconfig of a server; `cluster` and `user` are fields in flow form.
    func connect(
        to server: String,
        cluster: String = "certificate-authority: '\(Repository.fixtures.appending(path: "tls/ca.pem").path)'",
        user: String = "token: \(token)"
    ) throws {
        let fields = cluster.isEmpty ? "" : ", \(cluster)"
        try folder.write(
            "kubeconfig",
            """
            apiVersion: v1
            kind: Config
            clusters:
            - {name: c, cluster: {server: '\(server)'\(fields)}}
            users:
            - {name: u, user: {\(user)}}
            contexts:
            - {name: x, context: {cluster: c, user: u, namespace: demo}}
            current-context: x
            """
        )
    }

    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
        var report: Report
    }

    /// Runs a command on the project with `-o json`; no output may hold a secret.
    func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let plain = try text(arguments + ["-o", "json"], environment: environment, sourceLocation: sourceLocation)
        let report = try JSONDecoder().decode(Report.self, from: Data(plain.output.utf8))
        return Outcome(status: plain.status, output: plain.output, errors: plain.errors, report: report)
    }

    func text(
        _ arguments: [String],
        environment: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> CommandRunner.Outcome {
        var values = ["KUBECONFIG": "kubeconfig", "XDG_CACHE_HOME": folder.path + "/cache"]
        values.merge(environment) { $1 }
        let outcome = try CommandRunner(workingDirectory: folder.url, environment: values).run(arguments)
        for secret in [Self.token, Self.password, "PRIVATE KEY", "token-of-"] {
            #expect(!outcome.output.contains(secret), sourceLocation: sourceLocation)
            #expect(!outcome.errors.contains(secret), sourceLocation: sourceLocation)
        }
        return outcome
    }
}

/// The part of a `CheckReport` that these tests look at.
struct Report: Decodable {
    struct Server: Decodable {
        var url: String
        var version: String?
    }
    struct Identity: Decodable, Equatable {
        var role: String
        var user: String
        var via: String
    }
    struct Summary: Decodable {
        var requirements, met, unmet, unknown, errors, warnings: Int
    }
    struct Requirement: Decodable {
        struct Effective: Decodable {
            var `self`: String
            var `operator`: String
        }
        var verb, resource, name, declared: String
        var effective: Effective
    }
    struct Finding: Decodable {
        struct Remedy: Decodable {
            var summary: String
            var commands: [String]?
        }
        var code, severity, title, explanation: String
        var principal: Bool
        var requirements: [Int]
        var evidence: [String]
        var remedy: Remedy?
    }
    struct Failure: Decodable {
        var stage, message: String
    }

    var server: Server?
    var identities: [Identity]
    var summary: Summary
    var requirements: [Requirement]
    var findings: [Finding]
    var errors: [Failure]

    func finding(_ code: String) -> Finding? { findings.first { $0.code == code } }
    func codes(principal: Bool) -> [String] { findings.filter { $0.principal == principal }.map(\.code) }
    /// The requirements whose answer about whoever asks is this.
    func own(_ answer: String) -> Int { requirements.count { $0.effective.`self` == answer } }
}
