import Foundation
import Logging
import SwiftopRBAC

/// The operator: reads its options, asks whether it may do what it is going to do, and works until it is told to end.
@main
struct MyAppOperator {
    static let leaseName = "myapp-leader"

    static func main() async {
        do {
            let options = try Options(CommandLine.arguments.dropFirst())
            try await run(options)
        } catch is CancellationError {
            exit(0)
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ options: Options) async throws {
        var logger = Logger(label: "myapp-operator") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = options.isVerbose ? .debug : .info
        let environment = ProcessInfo.processInfo.environment
        let cluster = try Cluster.load(kubeconfig: options.kubeconfig, environment: environment)
        let namespace = environment["POD_NAMESPACE"] ?? cluster.namespace ?? "myapp-system"
        if options.preflight != .off {
            try await preflight(options, namespace, logger)
        }
        let trace = options.trace.map { path in
            TraceRecorder(path: path) { [logger] in logger.warning("\($0)") }
        }
        let client = KubernetesClient(cluster: cluster, trace: trace)
        let identity = "\(ProcessInfo.processInfo.hostName)_\(UUID().uuidString)"
        let worker = Task { try await work(client, options, namespace, identity, logger) }
        let signals = Signals([SIGTERM, SIGINT]) { worker.cancel() }
        defer { signals.cancel() }
        let result = await worker.result
        // Whatever ended the work, what was recorded is written and the connections are closed.
        try? await client.shutDown()
        try trace?.close()
        try result.get()
    }

    private static func preflight(_ options: Options, _ namespace: String, _ logger: Logger) async throws {
        let needs = Permissions.needed(leaseIn: options.electsLeader ? namespace : nil)
        do {
            try await Permissions.check(needs, kubeconfig: options.kubeconfig, logger)
        } catch let denied as Preflight.Denied where options.preflight == .warn {
            logger.warning("permissions are missing:\n\(denied)")
        }
    }

    private static func work(
        _ client: KubernetesClient,
        _ options: Options,
        _ namespace: String,
        _ identity: String,
        _ logger: Logger
    ) async throws {
        let events = EventRecorder(client: client, logger: logger, identity: identity)
        let controller = MyAppController(client, events, logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await controller.watch() }
            defer { group.cancelAll() }
            try await controller.waitUntilSynced()
            guard options.electsLeader else { return await controller.work() }
            let lease = ObjectKey(namespace: namespace, name: leaseName)
            let elector = LeaderElector(client: client, logger: logger, lease: lease, identity: identity)
            try await elector.run { await controller.work() }
        }
    }
}
