import RBAC
import Traces

/// Where a person would grant each call: in the namespace that it was made in, or everywhere.
struct CallPlaces {
    /// A resource with all its subresources: they are granted in the same place.
    private struct Resource: Hashable {
        var group: String
        var name: String

        init(_ request: RequestAttributes) { (group, name) = (request.group, request.resource) }
    }

    private let scope: GenerateInput.Scope
    /// Called in all namespaces at once.
    private var everywhere: Set<Resource> = []
    private var namespaces: [Resource: Set<String>] = [:]

    /// An operator that watches all namespaces comes to others tomorrow; any other one has its own list of them.
    private var mostNamespaces: Int { everywhere.isEmpty ? 3 : 1 }

    init(_ calls: [Call], scope: GenerateInput.Scope) {
        self.scope = scope
        for call in calls where call.scope != .cluster {
            if call.request.namespace.isEmpty {
                everywhere.insert(Resource(call.request))
            } else {
                namespaces[Resource(call.request), default: []].insert(call.request.namespace)
            }
        }
    }

    /// The namespace whose Role grants the call; `nil` for a ClusterRole, bound in the whole cluster.
    ///
    /// No Role can grant a call to all namespaces, to a resource of cluster scope, or to a path.
    func namespace(of call: Call) -> String? {
        guard call.scope != .cluster, !call.request.namespace.isEmpty else { return nil }
        switch scope {
        case .cluster: return nil
        case .namespace: return call.request.namespace
        case .auto:
            let resource = Resource(call.request)
            if everywhere.contains(resource) { return nil }
            return (namespaces[resource]?.count ?? 0) > mostNamespaces ? nil : call.request.namespace
        }
    }
}
