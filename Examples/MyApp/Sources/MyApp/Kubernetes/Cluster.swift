import Foundation
import NIOSSL

/// How to reach an API server, and as whom.
struct Cluster: Sendable {
    enum Credentials: Sendable {
        case none
        case token(String)
        /// Read for each request: the kubelet renews it.
        case tokenFile(String)
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// `https://127.0.0.1:6443`, without a slash at the end.
    var server: String
    var credentials: Credentials
    var tls: TLSConfiguration
    /// Of the kubeconfig's context, or of the pod.
    var namespace: String?

    /// The kubeconfig named, that of `$KUBECONFIG`, that of the pod, or `~/.kube/config`: the first that there is.
    static func load(kubeconfig: String?, environment: [String: String]) throws -> Cluster {
        if let path = kubeconfig ?? environment["KUBECONFIG"].flatMap({ $0.isEmpty ? nil : $0 }) {
            return try Kubeconfig.load(path)
        }
        if let host = environment["KUBERNETES_SERVICE_HOST"] {
            return try inPod(host: host, port: environment["KUBERNETES_SERVICE_PORT"] ?? "443")
        }
        return try Kubeconfig.load((environment["HOME"] ?? "") + "/.kube/config")
    }

    /// With the service account of the pod.
    private static func inPod(host: String, port: String) throws -> Cluster {
        let folder = "/var/run/secrets/kubernetes.io/serviceaccount"
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile("\(folder)/ca.crt"))
        return Cluster(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            credentials: .tokenFile("\(folder)/token"),
            tls: tls,
            namespace: try? String(contentsOfFile: "\(folder)/namespace", encoding: .utf8)
        )
    }

    /// The value of an `Authorization` header.
    func authorization() throws -> String? {
        switch credentials {
        case .none: nil
        case .token(let token): "Bearer \(token)"
        case .tokenFile(let path):
            "Bearer "
                + (try String(contentsOfFile: path, encoding: .utf8)).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}
