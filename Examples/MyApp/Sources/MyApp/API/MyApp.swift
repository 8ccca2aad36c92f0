/// What this operator is for: an application that runs as a Deployment, with the settings of a Secret.
struct MyApp: KubernetesObject {
    static let resource = ResourceType(group: "example.com", version: "v1", plural: "myapps", kind: "MyApp")

    /// What is wanted.
    struct Spec: Codable, Sendable {
        var replicas: Int
        var image: String
        /// A Secret of the same namespace whose entries the containers get as environment variables.
        var secretName: String?
    }

    /// What there is. Written through the `status` subresource: a write to the object itself would not change it.
    struct Status: Codable, Equatable, Sendable {
        /// The `metadata.generation` that this status is about.
        var observedGeneration: Int?
        /// `null` in a patch removes the field, so these are always written.
        var replicas: Int?
        var readyReplicas: Int?
        var conditions: [Condition]?
    }

    /// Kubernetes: `metav1.Condition`.
    struct Condition: Codable, Equatable, Sendable {
        var type: String
        var status: String
        var reason: String
        var message: String
        /// Of the last change of `status`.
        var lastTransitionTime: String
        var observedGeneration: Int?
    }

    /// Holds a deleted MyApp back until its Deployment is gone.
    static let finalizer = "example.com/deployment"

    var metadata: ObjectMeta
    var spec: Spec
    var status: Status?
}
