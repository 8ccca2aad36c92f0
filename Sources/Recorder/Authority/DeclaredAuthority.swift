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
    private let client: APIClient
    private let asksTwiceForExec: Bool

    /// - Parameters:
    ///   - client: looks up objects where the answer depends on them.
    ///   - version: of the server; some checks are of later ones only.
    package init(_ grants: DeclaredGrants, client: APIClient, version: ServerVersion?) {
        self.grants = Mutex(grants)
        self.client = client
        // Kubernetes: the gate AuthorizePodWebsocketUpgradeCreatePermission, on since 1.35.
        asksTwiceForExec = version.flatMap { Int($0.minor.prefix { $0.isNumber }) }.map { $0 >= 35 } ?? true
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
            asksTwiceForExec: asksTwiceForExec
        ) { [self] in note(unjudged: $0) }
        return judge.verdict()
    }

    func lookUp(_ path: String) async -> Lookup {
        switch await client.send([APIRequest(.get, path)]).first {
        case .success(let response) where response.status == 200: .found(response.body)
        case .success(let response) where response.status == 404: .missing
        default: .unknown
        }
    }
}
