import Logging

/// Wakes the reconciler: watches MyApps, what they own and what they read, and works the queue.
struct MyAppController: Sendable {
    struct CachesNotSynced: Error, CustomStringConvertible {
        var kinds: [String]
        var description: String { "timed out waiting for caches to sync: \(kinds.joined(separator: ", "))" }
    }

    private static let workers = 2
    private static let syncTimeout = Duration.seconds(10)

    private let queue: WorkQueue<ObjectKey>
    private let apps: Informer<MyApp>
    private let deployments: Informer<Deployment>
    private let secrets: Informer<Secret>
    private let reconciler: MyAppReconciler
    private let logger: Logger

    init(_ client: KubernetesClient, _ events: EventRecorder, _ logger: Logger) {
        let queue = WorkQueue<ObjectKey>()
        let apps = Informer<MyApp>(client, logger) { await queue.add($0.key) }
        let deployments = Informer<Deployment>(client, logger) { deployment in
            for owner in deployment.metadata.ownerReferences ?? [] where owner.kind == MyApp.resource.kind {
                await queue.add(ObjectKey(namespace: deployment.key.namespace, name: owner.name))
            }
        }
        let secrets = Informer<Secret>(client, logger) { secret in
            for app in apps.objects where app.key.namespace == secret.key.namespace {
                if app.spec.secretName == secret.metadata.name { await queue.add(app.key) }
            }
        }
        self.queue = queue
        self.apps = apps
        self.deployments = deployments
        self.secrets = secrets
        self.logger = logger
        self.reconciler = MyAppReconciler(
            client: client,
            apps: apps,
            deployments: deployments,
            secrets: secrets,
            events: events,
            logger: logger
        )
    }

    /// Keeps the copies up to date until it is cancelled.
    func watch() async {
        await withTaskGroup { group in
            group.addTask { await apps.run() }
            group.addTask { await deployments.run() }
            group.addTask { await secrets.run() }
        }
    }

    /// Waits until the copies are complete: with half of them, what is there would look as if it were missing.
    ///
    /// - Throws: `CachesNotSynced` after ten seconds.
    func waitUntilSynced() async throws {
        let end = ContinuousClock.now + Self.syncTimeout
        while !unsynced.isEmpty {
            guard .now < end else { throw CachesNotSynced(kinds: unsynced) }
            try await Task.sleep(for: .milliseconds(50))
        }
        logger.notice("caches are synced")
    }

    private var unsynced: [String] {
        let states = [
            (MyApp.resource.plural, apps.hasSynced), (Deployment.resource.plural, deployments.hasSynced),
            (Secret.resource.plural, secrets.hasSynced),
        ]
        return states.filter { !$0.1 }.map(\.0)
    }

    /// Reconciles what comes, until it is cancelled.
    func work() async {
        await withTaskCancellationHandler {
            await withTaskGroup { group in
                for _ in 0..<Self.workers { group.addTask { await workOne() } }
            }
        } onCancel: {
            Task { await queue.shutDown() }
        }
    }

    private func workOne() async {
        while let key = await queue.next() {
            do {
                try await reconciler.reconcile(key)
                await queue.forget(key)
            } catch {
                let pause = await queue.addAfterFailure(key)
                logger.warning("failed to reconcile", metadata: ["myapp": "\(key)", "retry in": "\(pause)"])
                logger.debug("\(key): \(error)")
            }
            await queue.done(key)
        }
    }
}
