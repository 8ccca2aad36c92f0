package import KubeAPI
import Diagnosis
import Syntax

/// The cluster that somebody names.
package enum ClusterInput {
    /// An access to it; nothing is asked yet.
    ///
    /// - Parameter isSoon: it is about to be asked, so that libcurl is opened meanwhile.
    /// - Throws: `InputFailure` for a wrong kubeconfig, and where no cluster is configured.
    package static func connect(
        _ options: ConnectionOptions,
        _ surroundings: ProcessSurroundings,
        isSoon: Bool = true,
        warn: InputWarning
    ) throws(InputFailure) -> APIServerAccess {
        let connection = try connection(options, surroundings)
        for warning in connection.warnings { warn("warning: \(warning)") }
        let client = APIClient(connection, surroundings)
        if isSoon { client.prepare() }
        return APIServerAccess(client: client, cache: DiscoveryCache(environment: surroundings.environment))
    }

    private static func connection(
        _ options: ConnectionOptions,
        _ surroundings: ProcessSurroundings
    ) throws(InputFailure) -> ClusterConnection {
        do {
            return try ClusterConnection.load(options, surroundings)
        } catch let error as InputError {
            throw InputFailure(.kubeconfig, error.description)
        } catch let error as NoClusterConfigured {
            throw InputFailure(.kubeconfig, "error: \(error)", isNoAnswer: true, choice: error.choice)
        } catch {
            throw InputFailure(.kubeconfig, "error: \(error)", isNoAnswer: true)
        }
    }
}
