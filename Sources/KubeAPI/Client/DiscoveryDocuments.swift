/// Reads the documents of discovery, in both of their forms.
///
/// Kubernetes: `k8s.io/api/apidiscovery/v2`, `apimachinery/pkg/apis/meta/v1.APIGroupList`, `APIResourceList`.
enum DiscoveryDocuments {
    static let aggregatedAccept =
        "Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
        + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

    /// Whether an answer is in the aggregated form, which an old server does not know. Parameters stand in any order.
    static func isAggregated(contentType: String) -> Bool {
        let parts = contentType.split(separator: ";").map { $0.trimmed }
        return parts.first == "application/json" && parts.contains("g=apidiscovery.k8s.io")
            && parts.contains("as=APIGroupDiscoveryList") && (parts.contains("v=v2") || parts.contains("v=v2beta1"))
    }

    /// Whether this answers `/api` (the core group) or `/apis`: a `Status`, or any other object, tells of no group at all, which
    /// is not to be taken for a server that has none.
    static func isRoot(_ document: JSONValue, isAggregated: Bool, isCore: Bool) -> Bool {
        let (kind, list) =
            isAggregated
            ? ("APIGroupDiscoveryList", "items") : isCore ? ("APIVersions", "versions") : ("APIGroupList", "groups")
        return document["kind"].string == kind || document[list].isArray
    }

    /// Whether this answers for one version of a group.
    static func isResourceList(_ document: JSONValue) -> Bool {
        document["kind"].string == "APIResourceList" || document["resources"].isArray
    }

    // MARK: Aggregated

    static func groups(aggregated document: JSONValue) -> [APIResources.Group] {
        document["items"].array.map { item in
            APIResources.Group(
                name: item["metadata"]["name"].text,
                versions: item["versions"].array.map(version)
            )
        }
    }

    private static func version(_ version: JSONValue) -> APIResources.Version {
        APIResources.Version(
            name: version["version"].text,
            // A resource without a kind cannot be used; client-go leaves it out too.
            resources: version["resources"].array.filter { !$0["responseKind"].isNull }.map(resource),
            isIncomplete: version["freshness"].text == "Stale"
        )
    }

    private static func resource(_ resource: JSONValue) -> APIResources.Resource {
        var subresources: [String: [String]] = [:]
        for item in resource["subresources"].array { subresources[item["subresource"].text] = item["verbs"].strings }
        return APIResources.Resource(
            name: resource["resource"].text,
            singular: resource["singularResource"].text,
            kind: resource["responseKind"]["kind"].text,
            shortNames: resource["shortNames"].strings,
            isNamespaced: resource["scope"].text == "Namespaced",
            verbs: resource["verbs"].strings,
            subresources: subresources
        )
    }

    // MARK: The older form

    /// The groups and versions of an `APIGroupList`, preferred versions first.
    static func versions(groupList document: JSONValue) -> [(group: String, versions: [String])] {
        document["groups"].array.map { group in
            let names = group["versions"].array.map { $0["version"].text }
            let preferred = group["preferredVersion"]["version"].text
            let first = names.filter { $0 == preferred }
            return (group["name"].text, first + names.filter { $0 != preferred })
        }
    }

    /// The resources of an `APIResourceList`, subresources put to their resources.
    static func resources(list document: JSONValue) -> [APIResources.Resource] {
        var order: [String] = []
        var byName: [String: APIResources.Resource] = [:]
        var subresources: [String: [String: [String]]] = [:]
        for item in document["resources"].array {
            let parts = item["name"].text.split(separator: "/", maxSplits: 1).map(String.init)
            guard let name = parts.first else { continue }
            if parts.count == 2 {
                subresources[name, default: [:]][parts[1]] = item["verbs"].strings
                continue
            }
            if byName[name] == nil { order.append(name) }
            byName[name] = APIResources.Resource(
                name: name,
                singular: item["singularName"].text,
                kind: item["kind"].text,
                shortNames: item["shortNames"].strings,
                isNamespaced: item["namespaced"].boolean ?? false,
                verbs: item["verbs"].strings,
                subresources: [:]
            )
        }
        return order.compactMap { name in
            var resource = byName[name]
            resource?.subresources = subresources[name] ?? [:]
            return resource
        }
    }
}
