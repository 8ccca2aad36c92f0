import RBAC
import Syntax

/// A request as a client saw it: what its log or an HTTP archive says.
struct ClientCall: Hashable {
    var method: String
    /// With scheme and host, or from the path on.
    var url: String
    /// `nil` where no answer is known.
    var status: Int?
    var time: Timestamp?
    /// Whom the client impersonated.
    var user: String?
    var userAgent: String?
}

extension ResolvedRecord {
    /// `nil` for a request to something else than a Kubernetes API.
    init?(call: ClientCall) {
        guard let path = APIPath.path(of: call.url),
            let info = try? RequestInfo.resolve(method: call.method, url: path)
        else { return nil }
        key = Requirement.Key(attributes: info.attributes, user: call.user)
        userAgent = call.userAgent
        isDryRun = info.isDryRun
        isInformer = info.isInformer
    }
}

/// Tells the API server's paths from those of other servers, and from what a gateway puts before them.
enum APIPath {
    /// The paths beside `/api` and `/apis` that every API server answers.
    private static let others: Set<Substring> = [
        "version", "openapi", "healthz", "livez", "readyz", "metrics", "openid", ".well-known", "logs", "debug",
        "flagz",
        "statusz", "configz",
    ]

    /// Path and query from `/api` on: without scheme and host, and without the prefix under which Rancher
    /// (`/k8s/clusters/ID`), a connect gateway or a proxy serves them. `nil` for the path of another server.
    static func path(of url: String) -> String? {
        let (path, query) = split(url)
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let start = segments.indices.first(where: { isStart(segments[$0...]) }) else {
            guard segments.count > 1, segments[0].isEmpty, others.contains(segments[1]) else { return nil }
            return path + query
        }
        return "/" + segments[start...].joined(separator: "/") + query
    }

    /// `/api/v1…`, `/apis/GROUP/VERSION…`, or one of the lists of what there is at the end of a path.
    private static func isStart(_ segments: ArraySlice<Substring>) -> Bool {
        let rest = segments.dropFirst().drop { $0.isEmpty }
        switch segments.first {
        case "api": return rest.isEmpty || rest.first == "v1"
        case "apis": return rest.isEmpty || rest.first?.first?.isLowercase ?? false
        default: return false
        }
    }

    private static func split(_ url: String) -> (path: String, query: String) {
        var rest = url[...]
        if let scheme = rest.firstRange(of: "://"), !rest[..<scheme.lowerBound].contains("/") {
            rest = rest[scheme.upperBound...]
            rest = rest[(rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex)...]
        }
        let query = rest.firstIndex(of: "?") ?? rest.endIndex
        return (String(rest[..<query]), String(rest[query...]))
    }
}
