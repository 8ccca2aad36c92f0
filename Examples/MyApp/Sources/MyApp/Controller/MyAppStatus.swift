import Foundation

extension MyAppReconciler {
    /// Why a MyApp cannot get its Deployment yet.
    struct Obstacle {
        var reason: String
        var message: String

        static func waiting(_ reason: String, _ message: String) -> Obstacle {
            Obstacle(reason: reason, message: message)
        }
    }

    /// Writes the status, where it is not what it was.
    func report(_ app: MyApp, _ deployment: Deployment?, _ obstacle: Obstacle?) async throws {
        let status = app.status(of: deployment, obstacle, at: .now)
        guard status != app.status else { return }
        struct Patch: Encodable {
            var status: MyApp.Status
        }
        _ = try await client.patch(MyApp.self, app.key, subresource: "status", as: .merge, Patch(status: status))
        let condition = status.conditions?.first
        logger.info(
            "reconciled",
            metadata: [
                "myapp": "\(app.key)", "ready": "\(condition?.status ?? "")", "reason": "\(condition?.reason ?? "")",
            ]
        )
        if let obstacle, app.status?.conditions?.first?.reason != obstacle.reason {
            await events.record(.warning, app, action: "Reconcile", reason: obstacle.reason, obstacle.message)
        }
    }
}

extension MyApp {
    /// The status that says how far this MyApp is.
    fileprivate func status(
        of deployment: Deployment?,
        _ obstacle: MyAppReconciler.Obstacle?,
        at time: Date
    ) -> Status {
        let ready = deployment?.status?.readyReplicas ?? 0
        let isReady = obstacle == nil && ready >= spec.replicas
        let value = isReady ? "True" : "False"
        let old = status?.conditions?.first { $0.type == "Ready" }
        return Status(
            observedGeneration: metadata.generation,
            replicas: deployment?.spec.replicas ?? 0,
            readyReplicas: ready,
            conditions: [
                Condition(
                    type: "Ready",
                    status: value,
                    reason: obstacle?.reason ?? (isReady ? "Available" : "Progressing"),
                    message: obstacle?.message ?? "\(ready) of \(spec.replicas) replicas are ready",
                    lastTransitionTime: old?.status == value
                        ? old?.lastTransitionTime ?? KubernetesTime.seconds(time) : KubernetesTime.seconds(time),
                    observedGeneration: metadata.generation
                )
            ]
        )
    }
}
