/// Where discovery may be kept between runs.
package struct DiscoveryCache: Sendable {
    /// Below `$XDG_CACHE_HOME`, else `~/.cache`; `nil` where neither is set.
    package var folder: String
    /// Seconds that an entry is used. One that can be asked for by its entity tag is used only where nothing changed:
    /// a CRD may have been installed, or lost its `status`, a moment ago.
    package var lifetime: Double = 600

    package init(folder: String) { self.folder = folder }

    package init?(environment: [String: String]) {
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
            folder = cache + "/swiftop-rbac/discovery"
        } else if let home = environment["HOME"], !home.isEmpty {
            folder = home + "/.cache/swiftop-rbac/discovery"
        } else {
            return nil
        }
    }
}

extension APIClient {
    /// What the server serves.
    ///
    /// - Parameters:
    ///   - cache: where to look first and what to keep up to date; `nil` asks the server in any case.
    ///   - refresh: asks although the cache would do: before anything is called not served.
    /// - Throws: where nothing could be read at all; parts that could not are in `failures`.
    package func apiResources(
        cache: DiscoveryCache? = nil,
        refresh: Bool = false
    ) async throws(APIFailure) -> APIResources {
        let key = connection.address.description
        var stored: APIResources?
        if let cache, !refresh { stored = await SystemThread.run { DiscoveryStore(cache).read(key) } }
        if let stored, stored.etags.isEmpty { return stored }
        let resources = try await askForResources(unlessStill: stored)
        // What is not whole is asked for again the next time.
        if let cache, resources.failures.isEmpty, resources.etags.isEmpty || resources.etags != stored?.etags {
            await SystemThread.run { DiscoveryStore(cache).write(resources, key) }
        }
        return resources
    }

    private func askForResources(unlessStill stored: APIResources?) async throws(APIFailure) -> APIResources {
        let paths = ["/api", "/apis"]
        let requests = paths.map { path in
            let known = stored?.etags[path].map { ["If-None-Match: \($0)"] } ?? []
            return APIRequest(.get, path, headers: [DiscoveryDocuments.aggregatedAccept] + known)
        }
        let outcomes = await send(requests)
        guard outcomes.count == 2 else { throw .transport(.cancelled) }
        var result = APIResources(groups: [])
        var firstFailure: APIFailure?
        for (outcome, path) in zip(outcomes, paths) {
            let isCore = path == "/api"
            if let stored, case .success(let response) = outcome, response.status == 304 {
                result.groups += stored.groups.filter { $0.name.isEmpty == isCore }
                result.etags[path] = stored.etags[path]
                continue
            }
            do throws(APIFailure) {
                let response = try Self.success(outcome, credential: connection.credentials.source)
                let document = try Self.json(response)
                let isAggregated = DiscoveryDocuments.isAggregated(contentType: response.contentType)
                guard DiscoveryDocuments.isRoot(document, isAggregated: isAggregated, isCore: isCore) else {
                    throw .unreadable(detail: "it is no discovery document; does `server` name an API server?")
                }
                if isAggregated {
                    result.groups += DiscoveryDocuments.groups(aggregated: document)
                    if !response.etag.isEmpty { result.etags[path] = response.etag }
                } else {
                    await addOlderForm(document, isCore: isCore, to: &result)
                }
            } catch {
                firstFailure = firstFailure ?? error
                result.failures.append("\(path): \(error)")
            }
        }
        if let firstFailure, result.groups.isEmpty { throw firstFailure }
        for group in result.groups {
            for version in group.versions where version.isIncomplete && result.failures.isEmpty {
                result.failures.append("\(group.name)/\(version.name): the server itself does not know at the moment")
            }
        }
        return result
    }

    private func addOlderForm(_ document: JSONValue, isCore: Bool, to result: inout APIResources) async {
        let groups =
            isCore
            ? [(group: "", versions: document["versions"].strings)]
            : DiscoveryDocuments.versions(groupList: document)
        let paths = groups.flatMap { group in
            group.versions.map { version in
                isCore
                    ? "/api/\(APIRequest.segment(version))"
                    : "/apis/\(APIRequest.segment(group.group))/\(APIRequest.segment(version))"
            }
        }
        let outcomes = await send(paths.map { APIRequest(.get, $0) })
        var answers = zip(paths, outcomes).makeIterator()
        for group in groups {
            var made = APIResources.Group(name: group.group, versions: [])
            for version in group.versions {
                guard let (path, outcome) = answers.next() else { return }
                made.versions.append(self.version(version, path, outcome, &result.failures))
            }
            result.groups.append(made)
        }
    }

    private func version(
        _ name: String,
        _ path: String,
        _ outcome: Result<APIResponse, APIFailure>,
        _ failures: inout [String]
    ) -> APIResources.Version {
        do throws(APIFailure) {
            let response = try Self.success(outcome, credential: connection.credentials.source)
            let document = try Self.json(response)
            guard DiscoveryDocuments.isResourceList(document) else {
                throw .unreadable(detail: "it is no `APIResourceList`")
            }
            let resources = DiscoveryDocuments.resources(list: document)
            return APIResources.Version(name: name, resources: resources, isIncomplete: false)
        } catch {
            failures.append("\(path): \(error)")
            return APIResources.Version(name: name, resources: [], isIncomplete: true)
        }
    }
}
