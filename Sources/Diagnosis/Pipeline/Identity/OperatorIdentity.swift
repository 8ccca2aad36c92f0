import Manifests
package import RBAC
import Syntax
import Traces

/// Whose access is judged.
package struct OperatorIdentity: Hashable, Sendable {
    /// Where the identity was found, most certain first.
    package enum Source: Hashable, Sendable {
        /// `--identity`, or `--as`.
        case flag
        /// The service account that a workload of the manifests runs as.
        case workload
        /// A subject of the manifests' bindings.
        case subject
        /// The one service account that the manifests define.
        case serviceAccount
        /// The one user of the trace.
        case trace
        /// Nobody named it: roles are judged as if they were bound to whoever runs the operator.
        case assumed
    }

    package var user: UserInfo
    /// The namespace that the operator runs in.
    package var namespace: String
    package var source: Source

    package init(user: UserInfo, namespace: String, source: Source) {
        self.user = user
        self.namespace = namespace
        self.source = source
    }

    /// The namespace of the operator that manifests and trace speak of, for profiles that need it; `nil` where it cannot
    /// be told which of several is meant.
    package static func namespace(for input: CheckInput) -> String? {
        (try? IdentityStage.resolve(input))?.identity.namespace
    }
}

/// The first stage: whose access is meant, and which calls count for it. Contract: "Whose access the declared side answers
/// for".
struct IdentityStage {
    var identity: OperatorIdentity
    /// The namespace of namespaced objects that the manifests give none.
    var defaultNamespace: String
    /// The service account of the trace that stands for the manifests' one under another name.
    var alias: ServiceAccountName?
    /// The calls that count, of whoever made them; in the order of `RequirementSet`.
    var requirements: [Requirement]
    /// Sentences about what was assumed.
    var notes: [String]

    /// - Throws: `InputError` that lists the candidates where the operator cannot be told from others.
    static func resolve(_ input: CheckInput) throws(InputError) -> IdentityStage {
        let trace = TraceUsers(input.requirements)
        let identity = try chosenIdentity(input, trace)
        var selection = try trace.selection(for: identity)
        var operatorIdentity = identity
        if identity.source == .assumed, let user = selection.soleUser {
            operatorIdentity.user = .impersonated(name: user)
            operatorIdentity.source = .trace
            selection.alias = nil
        }
        let namespace = input.manifests?.kustomizeNamespace ?? input.namespace ?? operatorIdentity.namespace
        return IdentityStage(
            identity: operatorIdentity,
            defaultNamespace: namespace,
            alias: selection.alias,
            requirements: selection.requirements,
            notes: selection.notes(identity: operatorIdentity)
        )
    }

    private static func chosenIdentity(_ input: CheckInput, _ trace: TraceUsers) throws(InputError) -> OperatorIdentity
    {
        if let identity = flaggedIdentity(input) { return identity }
        return try ManifestIdentities(input, trace).identity()
    }

    /// `--identity NS/NAME`, or `--as` where no server is asked about anybody else.
    private static func flaggedIdentity(_ input: CheckInput) -> OperatorIdentity? {
        if case .account(let account) = input.identity {
            return OperatorIdentity(user: account.user, namespace: account.namespace, source: .flag)
        }
        guard let name = input.asUser, input.isOffline || input.identity == .currentUser else { return nil }
        let account = ServiceAccountName(userName: name)
        let fallback = input.manifests?.kustomizeNamespace ?? input.namespace ?? "default"
        return OperatorIdentity(
            user: .impersonated(name: name, groups: input.asGroups),
            namespace: account?.namespace ?? fallback,
            source: .flag
        )
    }
}
