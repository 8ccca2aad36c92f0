/// A program that gives credentials. Kubernetes: `clientcmd/api.ExecConfig`.
package struct ExecPlugin: Sendable {
    /// Whether the program may ask the user something.
    package enum InteractiveMode: String, Sendable {
        case never = "Never", ifAvailable = "IfAvailable", always = "Always"
    }

    /// A path, or a name to be looked for in `PATH`.
    package var command: String
    package var arguments: [String]
    package var environment: [(name: String, value: Secret<String>)]
    package var apiVersion: String
    /// `nil` where the file leaves it out, which only `v1beta1` allows.
    package var interactiveMode: InteractiveMode?
    /// A mode that there is not; told where the entry is used.
    var unknownMode: Located<String>?
    /// What the kubeconfig says to do where the program is missing; from the file, so not to be trusted with controls.
    package var installHint: String
    package var providesClusterInfo: Bool

    static let apiVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]
}

/// The old way to get credentials: a name and its settings, of which only an OIDC token can still be used.
package struct AuthProvider: Sendable {
    package var name: String
    package var configuration: Secret<[String: String]>
}
