import RBAC
import Traces

/// A requirement as it is judged.
struct Call: Sendable {
    /// Where the request belongs.
    enum Scope: Hashable, Sendable {
        /// A resource of cluster scope, or a path outside the API: nothing that holds in a namespace reaches it.
        case cluster
        case namespaced
        /// Nobody said what the resource is.
        case unknown
    }

    /// Into the report's requirements.
    var index: Int
    var requirement: Requirement
    /// The request that is judged: the requirement's, with the namespace that the API server would see.
    var request: RequestAttributes
    var scope: Scope

    var verb: String { request.verb }
    /// More names were called than are kept: only a rule without names grants this.
    var hasManyNames: Bool { requirement.key.hasManyNames }
    var hasManyNamespaces: Bool { requirement.key.hasManyNamespaces }

    /// The namespace that a grant has to reach; empty for one that has to hold in the whole cluster.
    var home: String { scope == .cluster ? "" : request.namespace }

    /// A resource with its subresource, or a path: what a missing rule would be about.
    var target: Target { Target(request) }

    /// Whether a rule grants this; a call with many names needs a rule without any.
    func isGranted(by rule: PolicyRule) -> Bool {
        rule.matches(request) && (!hasManyNames || rule.resourceNames.isEmpty)
    }

    /// How a rule answers, part by part.
    func match(_ rule: PolicyRule) -> RuleMatch {
        var match = rule.match(request)
        if hasManyNames, !rule.resourceNames.isEmpty { match.name = false }
        return match
    }
}

/// What a call is to: a resource with its subresource, or a path.
struct Target: Hashable, Sendable {
    var group: String
    var resource: String
    var subresource: String
    var path: String?

    init(_ request: RequestAttributes) {
        group = request.group
        resource = request.resource
        subresource = request.subresource
        path = request.nonResourceURL
    }

    /// The resource that a request is about, whichever subresource of it.
    init(resourceOf request: RequestAttributes) { self.init(group: request.group, resource: request.resource) }

    init(group: String, resource: String, subresource: String = "") {
        (self.group, self.resource, self.subresource, self.path) = (group, resource, subresource, nil)
    }

    /// The resource itself, as rules spell it: `pods/log`.
    var qualifiedResource: String { subresource.isEmpty ? resource : "\(resource)/\(subresource)" }

    /// `deployments.apps/scale`, as `--need` takes it, or the path.
    var description: String {
        if let path { return path }
        let qualified = group.isEmpty ? resource : "\(resource).\(group)"
        return subresource.isEmpty ? qualified : "\(qualified)/\(subresource)"
    }
}

/// Turns requirements into calls: says where each belongs, and moves it where it is judged.
struct CallBuilder {
    private let known: KnownResources
    /// Calls in the first namespace are judged in the second.
    private let move: (from: String, to: String)?

    init(_ stage: IdentityStage, known: KnownResources) {
        self.known = known
        move = stage.alias.flatMap { alias in
            alias.namespace == stage.identity.namespace ? nil : (alias.namespace, stage.identity.namespace)
        }
    }

    func calls(_ requirements: [Requirement]) -> [Call] {
        // What the trace says is looked up when the first resource is met that nobody knows.
        var traced: TracedScopes?
        var calls: [Call] = []
        calls.reserveCapacity(requirements.count)
        for (index, requirement) in requirements.enumerated() {
            let scope = scope(of: requirement.attributes) { target in
                let scopes = traced ?? TracedScopes(requirements)
                traced = scopes
                return scopes.scope(of: target)
            }
            let request = judged(requirement.attributes, scope)
            calls.append(Call(index: index, requirement: requirement, request: request, scope: scope))
        }
        return calls
    }

    private func judged(_ attributes: RequestAttributes, _ scope: Call.Scope) -> RequestAttributes {
        var request = attributes
        guard request.isResourceRequest else { return request }
        if request.group.isEmpty, request.resource == "namespaces" {
            // Requests about one namespace carry it as their own namespace too, whatever a hand-written record says.
            let isAboutOne = !["list", "watch", "create", "deletecollection"].contains(request.verb)
            if isAboutOne, !request.name.isEmpty, request.namespace.isEmpty { request.namespace = request.name }
        } else if scope == .cluster {
            request.namespace = ""
        }
        if let move, request.namespace == move.from {
            request.namespace = move.to
            if request.group.isEmpty, request.resource == "namespaces", request.name == move.from {
                request.name = move.to
            }
        }
        return request
    }

    private func scope(of request: RequestAttributes, orOfUnknown traced: (Target) -> Call.Scope) -> Call.Scope {
        guard request.isResourceRequest else { return .cluster }
        if let isNamespaced = known.read(request.resource, group: request.group, \.isNamespaced) {
            return isNamespaced ? .namespaced : .cluster
        }
        return traced(Target(resourceOf: request))
    }
}

/// What the calls themselves say about the scope of a resource.
private struct TracedScopes {
    /// Resources that were called in some namespace.
    private let namespaced: Set<Target>
    /// Resources of which one object was called without a namespace, as none that is namespaced can be.
    private let clusterScoped: Set<Target>

    init(_ requirements: [Requirement]) {
        let requirements = requirements.filter(\.attributes.isResourceRequest)
        func targets(_ requirements: [Requirement]) -> Set<Target> {
            Set(requirements.map { Target(resourceOf: $0.attributes) })
        }
        namespaced = targets(requirements.filter { !$0.attributes.namespace.isEmpty || $0.key.hasManyNamespaces })
        clusterScoped = targets(requirements.filter(Self.addressesOneAlone))
    }

    func scope(of target: Target) -> Call.Scope {
        if namespaced.contains(target) { return .namespaced }
        return clusterScoped.contains(target) ? .cluster : .unknown
    }

    private static func addressesOneAlone(_ requirement: Requirement) -> Bool {
        let request = requirement.attributes
        return request.namespace.isEmpty && !requirement.key.hasManyNamespaces && !request.name.isEmpty
            && ["get", "update", "patch", "delete"].contains(request.verb)
    }
}
