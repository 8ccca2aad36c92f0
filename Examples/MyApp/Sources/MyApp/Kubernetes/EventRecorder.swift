import Foundation
import Logging

/// Tells people what the operator does, where they look for it: `kubectl describe`.
struct EventRecorder: Sendable {
    let client: KubernetesClient
    let logger: Logger
    /// Names this instance.
    let identity: String

    enum Kind: String { case normal = "Normal", warning = "Warning" }

    /// Writes an event about an object. That it could not be written is no reason to stop.
    func record<Object: KubernetesObject>(
        _ kind: Kind,
        _ object: Object,
        action: String,
        reason: String,
        _ note: String
    ) async {
        let event = Event(
            metadata: ObjectMeta(
                name: "\(object.metadata.name).\(String(UInt64.random(in: 0...UInt64.max), radix: 16))",
                namespace: object.metadata.namespace
            ),
            eventTime: KubernetesTime.micro(.now),
            reportingController: "example.com/myapp-operator",
            reportingInstance: identity,
            action: action,
            reason: reason,
            note: note,
            type: kind.rawValue,
            regarding: Event.Reference(
                apiVersion: Object.resource.apiVersion,
                kind: Object.resource.kind,
                namespace: object.metadata.namespace,
                name: object.metadata.name,
                uid: object.metadata.uid
            )
        )
        do {
            _ = try await client.create(event)
        } catch {
            logger.info("an event was not written", metadata: ["reason": "\(reason)", "object": "\(object.key)"])
            logger.debug("\(error)")
        }
    }
}
