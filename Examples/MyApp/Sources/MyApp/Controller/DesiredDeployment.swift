/// What a MyApp asks for, and how that differs from what there is.
extension MyApp {
    private static let container = "app"
    private static let secretVersion = "example.com/secret-version"

    /// The Deployment that this MyApp should have.
    ///
    /// - Parameter secret: the Secret that it names. Its version stands in the pods' template, so that a change of the
    ///   Secret starts new pods.
    func deployment(with secret: Secret?) -> Deployment {
        let labels = ["app.kubernetes.io/name": "myapp", "app.kubernetes.io/instance": metadata.name]
        let source = spec.secretName.map { Deployment.EnvironmentSource(secretRef: .init(name: $0)) }
        return Deployment(
            metadata: ObjectMeta(
                name: metadata.name,
                namespace: metadata.namespace,
                labels: labels,
                ownerReferences: [ownerReference]
            ),
            spec: Deployment.Spec(
                replicas: spec.replicas,
                selector: Deployment.Selector(matchLabels: labels),
                template: Deployment.Template(
                    metadata: Deployment.TemplateMeta(
                        labels: labels,
                        annotations: [Self.secretVersion: secret?.metadata.resourceVersion ?? ""]
                    ),
                    spec: Deployment.PodSpec(containers: [
                        Deployment.Container(
                            name: Self.container,
                            image: spec.image,
                            envFrom: source.map { [$0] } ?? []
                        )
                    ])
                )
            )
        )
    }

    /// Marks what this MyApp owns: it is deleted with it, and not before it where somebody asks to wait.
    private var ownerReference: OwnerReference {
        OwnerReference(
            apiVersion: Self.resource.apiVersion,
            kind: Self.resource.kind,
            name: metadata.name,
            uid: metadata.uid ?? "",
            controller: true,
            blockOwnerDeletion: true
        )
    }

    /// Whether this MyApp, and nobody else, manages an object.
    func owns(_ object: some KubernetesObject) -> Bool {
        object.metadata.ownerReferences?.contains { $0.controller == true && $0.uid == metadata.uid } ?? false
    }
}

extension Deployment {
    /// The fields in which this Deployment is not as it should be; empty where it is.
    ///
    /// Only what the operator itself writes is compared: the API server fills in defaults, and others may add fields.
    func drift(from desired: Deployment) -> [String] {
        var fields: [String] = []
        if spec.replicas != desired.spec.replicas { fields.append("replicas") }
        for container in desired.spec.template.spec.containers {
            let actual = spec.template.spec.containers.first { $0.name == container.name }
            if actual?.image != container.image { fields.append("image") }
            if actual?.envFrom ?? [] != container.envFrom ?? [] { fields.append("envFrom") }
        }
        for (key, value) in desired.spec.template.metadata?.annotations ?? [:]
        where spec.template.metadata?.annotations?[key] != value {
            fields.append(key)
        }
        return fields
    }
}
