import Diagnosis
import Inputs
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
    /// - Parameters:
    ///   - areAskedSoon: libcurl is opened meanwhile, so this comes before work that can be done without a server.
    ///   - hasOffline: whether the command has the flag that asks no server.
    func clusters(areAskedSoon: Bool = true, hasOffline: Bool = true) throws(CommandFailure) -> [APIServerAccess] {
        let surroundings = ProcessSurroundings(environment: Console.environment, isInteractive: Console.isTerminal(0))
        var result: [APIServerAccess] = []
        for context in contexts.isEmpty ? [nil] : contexts.map(Optional.some) {
            let options = try CommandFailure.during(.kubeconfig) { () throws(InputError) in
                try self.options(context: context)
            }
            do throws(InputFailure) {
                result.append(
                    try ClusterInput.connect(
                        options,
                        surroundings,
                        isSoon: areAskedSoon,
                        warn: Console.writeMessage
                    )
                )
            } catch { throw failure(error, hasOffline) }
        }
        return result
    }

    /// The access to the one cluster that a command runs against.
    ///
    /// - Throws: `CommandFailure`, as `clusters()`; also where several contexts are named.
    func cluster() throws(CommandFailure) -> APIServerAccess {
        guard contexts.count <= 1, let access = try clusters(areAskedSoon: false, hasOffline: false).first else {
            throw CommandFailure(
                .arguments,
                "--context: error: a command runs against one cluster\n  hint: name one context"
            )
        }
        return access
    }

    private func failure(_ failure: InputFailure, _ hasOffline: Bool) -> CommandFailure {
        guard failure.isNoAnswer else { return CommandFailure(failure.stage, failure.message) }
        let choice =
            failure.choice.map { "choose one with --context (there are \($0))" } ?? "name one with --kubeconfig"
        let hint = hasOffline ? "\(choice), or judge the manifests alone with --offline" : choice
        return CommandFailure(failure.stage, "\(failure.message)\n  hint: \(hint)", status: .noAnswer)
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

extension Array where Element: Sendable {
    /// Does something with all elements at the same time; the results are in the order of the elements.
    func concurrently<Value: Sendable>(_ body: @escaping @Sendable (Element) async -> Value) async -> [Value] {
        await withTaskGroup(of: (Int, Value).self) { group in
            for (index, element) in enumerated() { group.addTask { (index, await body(element)) } }
            var results: [(Int, Value)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

extension Result {
    /// What an asynchronous body gives or throws.
    init(asking body: () async throws(Failure) -> Success) async {
        do throws(Failure) {
            self = .success(try await body())
        } catch { self = .failure(error) }
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
