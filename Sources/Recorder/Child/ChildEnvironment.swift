import KubeAPI
import Syntax

/// What the child is told about the cluster: a kubeconfig that leads to the proxy, and nothing that leads past it.
enum ChildEnvironment {
    /// How the names in the user's own kubeconfig read, so that a child that names its context still finds it.
    struct Names {
        var context: String
        var namespace: String
    }

    static func kubeconfig(port: Int, authority: String, token: BearerToken, names: Names) -> String {
        let name = jsonQuoted(names.context.isEmpty ? "swiftop-rbac" : names.context)
        return """
            apiVersion: v1
            kind: Config
            clusters:
            - name: \(name)
              cluster:
                server: https://127.0.0.1:\(port)
                certificate-authority-data: \(Base64.encode(Array(authority.utf8)))
            users:
            - name: swiftop-rbac
              user: {token: \(token.text)}
            contexts:
            - name: \(name)
              context: {cluster: \(name), user: swiftop-rbac, namespace: \(jsonQuoted(names.namespace))}
            current-context: \(name)

            """
    }

    /// The user's environment with the proxy in it.
    static func variables(_ own: [String: String], kubeconfig: String) -> [String: String] {
        var result = own
        result["KUBECONFIG"] = kubeconfig
        // With these a client takes itself to be in a pod.
        for name in ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"] { result[name] = nil }
        // Go leaves loopback out by itself; other clients ask this.
        let usesProxy = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].contains { !(own[$0] ?? "").isEmpty }
        if usesProxy {
            for name in ["NO_PROXY", "no_proxy"] {
                let list = own[name] ?? ""
                result[name] = list.isEmpty ? "127.0.0.1" : "\(list),127.0.0.1"
            }
        }
        return result
    }
}
