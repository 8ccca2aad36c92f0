/// A `coordination.k8s.io/v1` Lease: who leads, and until when.
struct Lease: KubernetesObject {
    static let resource = ResourceType(group: "coordination.k8s.io", version: "v1", plural: "leases", kind: "Lease")

    struct Spec: Codable, Sendable {
        var holderIdentity: String?
        var leaseDurationSeconds: Int?
        var acquireTime: String?
        var renewTime: String?
        var leaseTransitions: Int?
    }

    var metadata: ObjectMeta
    var spec: Spec
}
