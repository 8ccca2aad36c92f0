package import Diagnosis
package import KubeAPI
import NIOHTTP1
import RBAC
import Synchronization
import Traces

/// `--access declared`: allows what the manifests (and the cluster's default grants) allow, and refuses the rest as the API
/// server would.
package final class DeclaredAuthority: RequestAuthority {
    private let grants: Mutex<DeclaredGrants>
    private let notes = Mutex<Set<String>>([])
    private let enforcement = Mutex<Lookup?>(nil)
    private let client: APIClient
    private let gates: FeatureGates
    private let owners: OwnerKinds

    /// - Parameters:
    ///   - client: looks up objects where the answer depends on them.
    ///   - version: of the server; some checks are of later ones only.
    ///   - owners: knows the resources of the kinds that own objects.
    package init(_ grants: DeclaredGrants, client: APIClient, version: ServerVersion?, owners: OwnerKinds) {
        self.grants = Mutex(grants)
        self.client = client
        self.owners = owners
        gates = FeatureGates(version)
    }

    /// From here on other manifests count.
    package func replace(_ grants: DeclaredGrants) { self.grants.withLock { $0 = grants } }

    /// What could not be judged from a request, a line each, sorted.
    package var unjudged: [String] { notes.withLock { $0.sorted() } }

    func note(unjudged what: String) { notes.withLock { _ = $0.insert(what) } }

    func judge(_ request: RequestHead) -> Verdict {
        // What the server cannot read needs no permission: it says so itself.
        guard let resolved = try? RequestInfo.resolve(method: request.method.rawValue, url: request.target) else {
            return .forward
        }
        let judge = DeclaredJudge(
            request: request,
            attributes: resolved.attributes,
            grants: grants.withLock { $0 },
            gates: gates,
            owners: owners
        ) { [self] in note(unjudged: $0) }
        return judge.verdict()
    }

    func lookUp(_ path: String) async -> Lookup {
        guard path == OwnerCheck.enforcementPath else { return await ask(path) }
        if let known = enforcement.withLock({ $0 }) { return known }
        let answer = await ask(path)
        enforcement.withLock { $0 = answer }
        return answer
    }

    private func ask(_ path: String) async -> Lookup {
        switch await client.send([APIRequest(.get, path)]).first {
        case .success(let response) where response.status == 200: .found(response.body)
        case .success(let response) where response.status == 404: .missing
        default: .unknown
        }
    }
}

/// What servers of later versions ask besides.
struct FeatureGates: Hashable {
    /// AuthorizePodWebsocketUpgradeCreatePermission: on since Kubernetes 1.35.
    var asksForCreateOnExec = true
    /// ConstrainedImpersonation: on since Kubernetes 1.36.
    var constrainsImpersonation = true

    /// - Parameter version: one that nobody knows is taken for the newest.
    init(_ version: ServerVersion?) {
        guard let version, let minor = Int(version.minor.prefix { $0.isNumber }) else { return }
        asksForCreateOnExec = minor >= 35
        constrainsImpersonation = minor >= 36
    }
}
