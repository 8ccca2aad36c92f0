/// An `events.k8s.io/v1` Event: what people see under `kubectl describe`.
struct Event: KubernetesObject {
    static let resource = ResourceType(group: "events.k8s.io", version: "v1", plural: "events", kind: "Event")

    struct Reference: Codable, Sendable {
        var apiVersion: String
        var kind: String
        var namespace: String?
        var name: String
        var uid: String?
    }

    var metadata: ObjectMeta
    var eventTime: String
    var reportingController: String
    var reportingInstance: String
    var action: String
    var reason: String
    var note: String
    /// `Normal` or `Warning`.
    var type: String
    var regarding: Reference
}
