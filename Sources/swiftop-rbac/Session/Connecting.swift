import Diagnosis
import KubeAPI
import Syntax

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension ConnectionFlags {
    /// One access for each `--context`, or for the current one.
    ///
    /// - Throws: `CommandFailure` for a wrong flag or kubeconfig (exit status 2), and where no cluster is configured (3).
    func clusters() throws(CommandFailure) -> [APIServerAccess] {
        let surroundings = ProcessSurroundings(environment: Console.environment, isInteractive: Console.isTerminal(0))
        var result: [APIServerAccess] = []
        for context in contexts.isEmpty ? [nil] : contexts.map(Optional.some) {
            let connection = try connection(context: context, surroundings)
            for warning in connection.warnings { Console.writeError("warning: \(warning)") }
            let client = APIClient(connection, surroundings)
            client.prepare()
            result.append(
                APIServerAccess(client: client, cache: DiscoveryCache(environment: surroundings.environment))
            )
        }
        return result
    }

    private func connection(
        context: String?,
        _ surroundings: ProcessSurroundings
    ) throws(CommandFailure) -> ClusterConnection {
        do {
            return try ClusterConnection.load(options(context: context), surroundings)
        } catch let error as InputError {
            throw CommandFailure(.kubeconfig, error.description)
        } catch {
            throw CommandFailure(
                .kubeconfig,
                "error: \(error)\n  hint: name one with --kubeconfig, or judge the manifests alone with --offline",
                status: .noAnswer
            )
        }
    }

    private func options(context: String?) throws(InputError) -> ConnectionOptions {
        var options = ConnectionOptions()
        options.kubeconfig = kubeconfig
        options.context = context
        options.namespace = namespace
        options.server = server
        if let requestTimeout { options.requestTimeout = try ConnectionOptions.timeout(requestTimeout) }
        options.impersonation = Impersonation(
            user: asUser ?? "",
            groups: asGroups,
            uid: asUID ?? "",
            extra: try ConnectionOptions.extra(asUserExtras)
        )
        return options
    }
}

extension Console {
    /// The process's environment.
    static var environment: [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let line = String(cString: text)
            if let equals = line.firstIndex(of: "=") {
                result[String(line[..<equals])] = String(line[line.index(after: equals)...])
            }
            entry += 1
        }
        return result
    }
}
