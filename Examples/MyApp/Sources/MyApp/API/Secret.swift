/// A Secret without its data: this operator needs to know that it exists and when it changed, and nothing more.
struct Secret: KubernetesObject {
    static let resource = ResourceType(group: "", version: "v1", plural: "secrets", kind: "Secret")

    var metadata: ObjectMeta
}
