/// Asks before a program runs whether it may do what it is going to do: `swiftop-rbac check`, as a call.
///
/// It holds what is required (traces, profiles, single requirements) against what the manifests declare and what the API
/// server grants, and explains each difference with the rule, the file and the line, and the edit that mends it.
///
/// ```swift
/// var preflight = Preflight()
/// preflight.requirements = ["list,watch secrets", "patch myapps.example.com/status"]
/// let report = try await preflight.run()
/// try report.requireGranted()
/// ```
public struct Preflight: Sendable {
    /// Manifest files, folders, or kustomization folders.
    ///
    /// Where this is empty: the first that exists of `config/default` (where it is a kustomization), `config/rbac`, `deploy`
    /// and `role.yaml`. Where there is none, as in a pod, the API server alone is asked.
    public var manifests: [String] = []

    /// Traces of the program's calls, in any form that `swiftop-rbac` reads.
    ///
    /// Where this, ``profiles`` and ``requirements`` are empty: `rbac-trace.jsonl`, if it exists.
    public var traces: [String] = []

    /// Profiles of what a controller calls: `for=myapps.example.com`, `owns=deployments.apps`, `watches=secrets`,
    /// `leader-election`, `events`, or a file.
    public var profiles: [String] = []

    /// Single requirements, each `VERB[,VERB] RESOURCE[.GROUP][/SUBRESOURCE] [-n NAMESPACE] [NAME]` or `VERB[,VERB] /PATH`.
    ///
    /// Without a namespace, ``namespace`` is meant; without that, all namespaces.
    public var requirements: [String] = []

    /// Namespaces that the informers of ``profiles`` watch, instead of all.
    public var watchNamespaces: [String] = []

    /// The namespace of what names none, and of the operator where the manifests do not say it.
    public var namespace: String?

    /// Whose access is judged.
    public var identity = Identity.automatic

    /// Which API server is asked.
    public var cluster = Cluster.kubeconfig()

    /// Whether what every cluster grants by default counts as granted, such as discovery.
    public var includesDefaultGrants = true

    /// Makes a preflight that asks the cluster of the kubeconfig about what it finds in the current folder.
    public init() {}

    /// Whose access is judged.
    public enum Identity: Hashable, Sendable {
        /// Whoever asks, and the operator's service account where the manifests say which one that is.
        case automatic
        /// Whoever asks.
        case currentUser
        /// The operator's service account, as the manifests name it.
        case operatorAccount
        /// Both, or an error where the operator is not known.
        case both
        /// A service account.
        case serviceAccount(namespace: String, name: String)
    }

    /// Which API server is asked.
    public enum Cluster: Hashable, Sendable {
        /// None: the manifests alone are judged.
        case none
        /// The one of a kubeconfig, found as kubectl does: the path, `$KUBECONFIG`, `~/.kube/config`; in a pod without any, its
        /// service account. `context` is the current one where it is `nil`.
        case kubeconfig(_ path: String? = nil, context: String? = nil)
    }

    /// Reads what is named, asks, and judges.
    ///
    /// - Returns: What is granted and what is not. Ask it with ``Report/requireGranted()``.
    /// - Throws: ``Failure`` where an input is wrong, and where no answer came from the API server.
    public func run() async throws(Failure) -> Report {
        try await PreflightRun(self).run()
    }
}
