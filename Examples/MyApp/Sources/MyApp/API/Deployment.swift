/// An `apps/v1` Deployment, as far as this operator reads and writes it.
///
/// What is not named here is left alone: changes are sent as patches of these fields.
struct Deployment: KubernetesObject {
    static let resource = ResourceType(group: "apps", version: "v1", plural: "deployments", kind: "Deployment")

    struct Spec: Codable, Sendable {
        var replicas: Int?
        var selector: Selector
        var template: Template
    }

    struct Selector: Codable, Equatable, Sendable {
        var matchLabels: [String: String]?
    }

    struct Template: Codable, Sendable {
        var metadata: TemplateMeta?
        var spec: PodSpec
    }

    struct TemplateMeta: Codable, Sendable {
        var labels: [String: String]?
        var annotations: [String: String]?
    }

    struct PodSpec: Codable, Sendable {
        var containers: [Container]
    }

    struct Container: Codable, Equatable, Sendable {
        var name: String
        var image: String?
        var envFrom: [EnvironmentSource]?
    }

    struct EnvironmentSource: Codable, Equatable, Sendable {
        struct SecretReference: Codable, Equatable, Sendable {
            var name: String
        }
        var secretRef: SecretReference?
    }

    struct Status: Codable, Sendable {
        var replicas: Int?
        var readyReplicas: Int?
    }

    var metadata: ObjectMeta
    var spec: Spec
    var status: Status?
}
