import Foundation
import KubeAPI
import RBAC
import TestSupport

/// A connection to a stand-in, as a kubeconfig of it would give.
func connection(
    _ server: String,
    user: String = "{}",
    cluster: String = "",
    timeout: Duration? = .seconds(10),
    folder: ScratchFolder,
    change: (inout ConnectionOptions) -> Void = { _ in }
) throws -> ClusterConnection {
    let file = try folder.write(
        "config",
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: c
          cluster:
            server: \(server)
        \(cluster)
        users:
        - {name: u, user: \(user)}
        contexts:
        - {name: x, context: {cluster: c, user: u}}
        current-context: x
        """
    )
    var options = ConnectionOptions()
    options.kubeconfig = file
    options.requestTimeout = timeout
    change(&options)
    return try ClusterConnection.load(options, surroundings())
}

func surroundings(_ environment: [String: String] = [:]) -> ProcessSurroundings {
    ProcessSurroundings(environment: ["PATH": "/usr/bin:/bin"].merging(environment) { $1 })
}

func client(_ connection: ClusterConnection) -> APIClient { APIClient(connection, surroundings()) }

/// As many different questions as wanted.
func questions(_ count: Int) -> [RequestAttributes] {
    (0..<count).map { RequestAttributes(verb: "get", resource: "secrets", namespace: "demo", name: "s\($0)") }
}

func fixture(_ name: String) -> URL { Repository.fixtures.appending(path: name) }
