import Logging

/// Brings the world to what a MyApp asks for.
///
/// Level-based: each time it looks at all there is, whatever the event was that woke it, and does the next step. Doing it
/// twice is doing it once.
struct MyAppReconciler: Sendable {
    let client: KubernetesClient
    let apps: Informer<MyApp>
    let deployments: Informer<Deployment>
    let secrets: Informer<Secret>
    let events: EventRecorder
    let logger: Logger

    func reconcile(_ key: ObjectKey) async throws {
        guard let app = apps[key] else { return }
        if app.metadata.deletionTimestamp != nil { return try await finalize(app) }
        guard app.metadata.finalizers?.contains(MyApp.finalizer) == true else {
            // The watch brings the MyApp back with its finalizer; nothing is made for it before.
            return try await setFinalizers((app.metadata.finalizers ?? []) + [MyApp.finalizer], of: app)
        }
        let secret = app.spec.secretName.flatMap { secrets[ObjectKey(namespace: key.namespace, name: $0)] }
        if let name = app.spec.secretName, secret == nil {
            return try await report(app, nil, .waiting("SecretMissing", "there is no Secret `\(name)`"))
        }
        let desired = app.deployment(with: secret)
        guard let actual = deployments[key] else {
            return try await report(app, try await create(desired, for: app), nil)
        }
        guard app.owns(actual) else {
            return try await report(app, nil, .waiting("NotOwned", "Deployment `\(key.name)` belongs to somebody else"))
        }
        try await report(app, try await repair(actual, to: desired, for: app), nil)
    }

    // MARK: - The Deployment

    /// Where the copy is behind, the Deployment may be there already: the conflict is tried again later.
    private func create(_ desired: Deployment, for app: MyApp) async throws -> Deployment {
        let deployment = try await client.create(desired)
        await events.record(
            .normal,
            app,
            action: "Create",
            reason: "Created",
            "created Deployment \(desired.metadata.name)"
        )
        return deployment
    }

    private func repair(_ actual: Deployment, to desired: Deployment, for app: MyApp) async throws -> Deployment {
        let drift = actual.drift(from: desired)
        guard !drift.isEmpty else { return actual }
        let patch = Document(object: desired)
        let deployment = try await client.patch(Deployment.self, actual.key, as: .strategic, patch)
        let fields = drift.joined(separator: ", ")
        logger.info("repaired a Deployment", metadata: ["deployment": "\(actual.key)", "fields": "\(fields)"])
        await events.record(.normal, app, action: "Patch", reason: "Repaired", "set \(fields) of the Deployment")
        return deployment
    }

    // MARK: - The end

    /// Deletes the Deployment, and lets the MyApp go once it is gone.
    private func finalize(_ app: MyApp) async throws {
        guard let finalizers = app.metadata.finalizers, finalizers.contains(MyApp.finalizer) else { return }
        let isForeign = deployments[app.key].map { !app.owns($0) } ?? false
        if !isForeign, try await deleteDeployment(of: app) { return }
        try await setFinalizers(finalizers.filter { $0 != MyApp.finalizer }, of: app)
        logger.info("finalized", metadata: ["myapp": "\(app.key)"])
    }

    /// - Returns: whether there was one; its end wakes the reconciler again.
    private func deleteDeployment(of app: MyApp) async throws -> Bool {
        do {
            try await client.delete(Deployment.self, app.key)
            return true
        } catch let error as APIError where error.isNotFound { return false }
    }

    private func setFinalizers(_ finalizers: [String], of app: MyApp) async throws {
        struct Patch: Encodable {
            struct Metadata: Encodable {
                var finalizers: [String]
                /// Makes the patch fail where somebody else changed the list meanwhile.
                var resourceVersion: String?
            }
            var metadata: Metadata
        }
        let patch = Patch(metadata: .init(finalizers: finalizers, resourceVersion: app.metadata.resourceVersion))
        _ = try await client.patch(MyApp.self, app.key, as: .merge, patch)
    }
}
