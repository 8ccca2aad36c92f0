import RBAC
import Traces

/// What the API server serves of what is called.
struct ServedResources: Sendable {
    /// Why a call would end in 404.
    enum Gap: Hashable, Sendable {
        case group, resource, version, subresource
    }

    /// What discovery said; empty where nobody was asked.
    private(set) var resources: [KnownResource] = []
    private var known = KnownResources()
    private var unreadGroups: Set<String> = []
    private var partialFailures: [String] = []
    private(set) var failure: ClusterFailure?
    private var wasAsked = false

    static func ask(_ cluster: (any ClusterAccess)?) async -> ServedResources {
        var served = ServedResources()
        if let cluster { served.take(await cluster.discovery(refreshed: false)) }
        return served
    }

    /// Asks once more, past any cache, before anything is called not served, and where a call was answered as if it was not.
    mutating func refresh(_ cluster: (any ClusterAccess)?, for calls: [Call]) async {
        guard let cluster, wasAsked, calls.contains(where: { gap(for: $0) != nil || $0.wasNotServed }) else { return }
        take(await cluster.discovery(refreshed: true))
    }

    private mutating func take(_ answer: ClusterAnswer<Discovery>) {
        switch answer {
        case .answer(let discovery):
            wasAsked = true
            resources = discovery.resources
            known = KnownResources(discovery.resources)
            unreadGroups = Set(discovery.unreadGroups.keys)
            partialFailures = discovery.failures
        case .failure(let failure):
            self.failure = failure
        }
    }

    /// What of the call's resource is not served; `nil` where it is, or that cannot be said.
    func gap(for call: Call) -> Gap? {
        let request = call.request
        guard isAboutDiscovery(request), !isUndecided(request.group) else { return nil }
        guard known.groups.contains(request.group) else { return .group }
        let gap = known.read(request.resource, group: request.group) { Self.gap(in: $0, for: request) }
        return gap ?? .resource
    }

    private func isAboutDiscovery(_ request: RequestAttributes) -> Bool {
        // Other verbs are about names that exist for authorization only: `use`, `bind`, `impersonate`, `sign`.
        wasAsked && request.isResourceRequest && KnownResource.allVerbs.contains(request.verb)
            && !KnownResources.builtin.isAuthorizationOnly(
                group: request.group,
                resource: request.resource,
                subresource: request.subresource
            )
    }

    /// Whether discovery was answered only in part, and the part about this group may be missing.
    private func isUndecided(_ group: String) -> Bool {
        unreadGroups.contains(group) || !partialFailures.isEmpty && !known.groups.contains(group)
    }

    /// Why nothing can be said of some of these calls, a line each.
    func failures(for calls: [Call]) -> [String] {
        if let failure { return [failure.message] }
        let isRelevant = calls.contains { isAboutDiscovery($0.request) && isUndecided($0.request.group) }
        return isRelevant ? partialFailures : []
    }

    private static func gap(in resource: KnownResource, for request: RequestAttributes) -> Gap? {
        if !request.version.isEmpty, !resource.versions.isEmpty, !resource.versions.contains(request.version) {
            return .version
        }
        return request.subresource.isEmpty || resource.hasSubresource(request.subresource) ? nil : .subresource
    }

    /// Groups that are served with a resource of this name, and versions of the resource; for suggestions.
    func versions(of call: Call) -> [String] {
        known.resource(call.request.resource, group: call.request.group)?.versions ?? []
    }
}

extension Call {
    /// Whether it was answered by a 404 that need not mean an object: the server says of a subresource that it does not
    /// serve that its object was not found.
    fileprivate var wasNotServed: Bool {
        requirement.statuses[404] != nil && (request.name.isEmpty || !request.subresource.isEmpty)
    }
}
