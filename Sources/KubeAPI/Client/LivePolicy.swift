package import RBAC

/// The roles and bindings of a cluster, as far as they could be read.
package struct LivePolicy: Sendable {
    /// Rules as stored: aggregated roles hold what their controller has filled in.
    package var policy = Policy()
    /// What a `SourceID` of `policy` stands for: `ClusterRole/admin`, `RoleBinding/demo/edit`.
    package var sources: [String] = []
    /// The labels of the ClusterRoles that have any, by name.
    package var labels: [String: [String: String]] = [:]
    /// The `matchLabels` selectors of aggregated ClusterRoles, by name.
    package var aggregations: [String: [[String: String]]] = [:]
    /// What could not be read; empty means that all is here.
    package var unreadable: [Unreadable] = []

    package struct Unreadable: Hashable, Sendable {
        /// `clusterrolebindings`, `rolebindings in demo`.
        package var what: String
        package var failure: APIFailure
        /// The namespaces that could be read one by one, where all of them together could not.
        package var besides: [String] = []
    }

    package var isComplete: Bool { unreadable.isEmpty }
}

extension APIClient {
    private static let rbacPath = "/apis/rbac.authorization.k8s.io/v1"

    /// Reads roles and bindings in as few requests as their number allows.
    ///
    /// - Parameter namespaces: where to look for Roles and RoleBindings if they may not be listed in all namespaces.
    package func livePolicy(namespaces: [String] = []) async -> LivePolicy {
        async let clusterRoles = list("\(Self.rbacPath)/clusterroles")
        async let clusterRoleBindings = list("\(Self.rbacPath)/clusterrolebindings")
        async let roles = namespaced("roles", namespaces)
        async let roleBindings = namespaced("rolebindings", namespaces)
        var reader = LivePolicyReader()
        reader.add("clusterroles", await clusterRoles) { $0.addRole(.clusterRole, $1) }
        reader.add("clusterrolebindings", await clusterRoleBindings) { $0.addBinding(.clusterRoleBinding, $1) }
        for list in await roles { reader.add(list.what, list.result, besides: list.besides) { $0.addRole(.role, $1) } }
        for list in await roleBindings {
            reader.add(list.what, list.result, besides: list.besides) { $0.addBinding(.roleBinding, $1) }
        }
        return reader.result
    }

    /// A kind in all namespaces, or in the given ones where that is refused.
    private func namespaced(
        _ resource: String,
        _ namespaces: [String]
    ) async -> [(what: String, result: Result<[JSONValue], APIFailure>, besides: [String])] {
        let everywhere = await list("\(Self.rbacPath)/\(resource)")
        guard case .failure(let failure) = everywhere, failure.isForbidden, !namespaces.isEmpty else {
            return [(resource, everywhere, [])]
        }
        var results = [(what: resource, result: everywhere, besides: [String]())]
        for namespace in Set(namespaces).sorted() {
            let path = "\(Self.rbacPath)/namespaces/\(APIRequest.segment(namespace))/\(resource)"
            let result = await list(path)
            if case .success = result { results[0].besides.append(namespace) }
            results.append(("\(resource) in \(namespace)", result, []))
        }
        return results
    }

    /// All items of a list, page by page. A list that grew too old in between is continued as the server offers.
    ///
    /// - Parameter pages: an end to a server that always has another page.
    func list(_ path: String, pageSize: Int = 500, pages: Int = 10_000) async -> Result<[JSONValue], APIFailure> {
        var items: [JSONValue] = []
        var next = ""
        var restarts = 0
        for _ in 0..<pages {
            let suffix = next.isEmpty ? "" : "&continue=\(APIRequest.query(next))"
            guard let outcome = await send([APIRequest(.get, "\(path)?limit=\(pageSize)\(suffix)")]).first else {
                break
            }
            if case .success(let response) = outcome, response.status == 410, restarts < 3,
                let status = try? JSONValue(response.body), let token = status["metadata"]["continue"].string
            {
                restarts += 1
                next = token
                continue
            }
            do throws(APIFailure) {
                let page = try Self.json(try Self.success(outcome, credential: connection.credentials.source))
                guard page["items"].isArray || page["kind"].text.hasSuffix("List") else {
                    throw .unreadable(detail: "it is no list; does `server` name an API server?")
                }
                items += page["items"].array
                next = page["metadata"]["continue"].text
            } catch {
                return .failure(error)
            }
            if next.isEmpty { return .success(items) }
        }
        return .failure(.unreadable(detail: "the list has no end"))
    }
}

/// Builds a policy from the objects of the API.
struct LivePolicyReader {
    var result = LivePolicy()

    mutating func add(
        _ what: String,
        _ items: Result<[JSONValue], APIFailure>,
        besides: [String] = [],
        _ add: (inout LivePolicyReader, JSONValue) -> Void
    ) {
        switch items {
        case .success(let items): for item in items { add(&self, item) }
        case .failure(let failure): result.unreadable.append(.init(what: what, failure: failure, besides: besides))
        }
    }

    private mutating func source(_ kind: String, _ metadata: JSONValue) -> SourceID {
        let namespace = metadata["namespace"].text
        let name = metadata["name"].text
        result.sources.append(namespace.isEmpty ? "\(kind)/\(name)" : "\(kind)/\(namespace)/\(name)")
        return SourceID(result.sources.count - 1)
    }

    mutating func addRole(_ kind: Role.Kind, _ object: JSONValue) {
        let metadata = object["metadata"]
        let name = metadata["name"].text
        let source = source(kind.rawValue, metadata)
        result.policy.roles.append(
            Role(
                kind: kind,
                namespace: metadata["namespace"].text,
                name: name,
                rules: object["rules"].array.map { Role.Rule(PolicyRule($0), source: source) },
                source: source
            )
        )
        guard kind == .clusterRole else { return }
        let labels = Self.texts(metadata["labels"])
        if !labels.isEmpty { result.labels[name] = labels }
        let selectors = object["aggregationRule"]["clusterRoleSelectors"].array
        if !selectors.isEmpty { result.aggregations[name] = selectors.map { Self.texts($0["matchLabels"]) } }
    }

    mutating func addBinding(_ kind: Binding.Kind, _ object: JSONValue) {
        let metadata = object["metadata"]
        let source = source(kind.rawValue, metadata)
        let role = object["roleRef"]
        result.policy.bindings.append(
            Binding(
                kind: kind,
                namespace: metadata["namespace"].text,
                name: metadata["name"].text,
                roleRef: RoleRef(apiGroup: role["apiGroup"].text, kind: role["kind"].text, name: role["name"].text),
                subjects: object["subjects"].array.map { subject in
                    Subject(
                        kind: subject["kind"].text,
                        apiGroup: subject["apiGroup"].text,
                        name: subject["name"].text,
                        namespace: subject["namespace"].text,
                        source: source
                    )
                },
                source: source
            )
        )
    }

    private static func texts(_ object: JSONValue) -> [String: String] {
        var result: [String: String] = [:]
        for member in object.members { result[member.key] = member.value.text }
        return result
    }
}

extension PolicyRule {
    /// From a rule of a role, or of a rules review.
    init(_ rule: JSONValue) {
        self.init(
            verbs: rule["verbs"].strings,
            apiGroups: rule["apiGroups"].strings,
            resources: rule["resources"].strings,
            resourceNames: rule["resourceNames"].strings,
            nonResourceURLs: rule["nonResourceURLs"].strings
        )
    }
}
