import RBAC
import Traces

extension Requirement {
    /// The call with the namespace that it is judged in.
    ///
    /// Where the trace's service account stands for the manifests' under another name, calls in its namespace are meant for
    /// the manifests' account's. A request about one namespace carries that one as its own, and one for a resource of
    /// cluster scope carries none, whatever a hand-written record says.
    func asJudged(for user: UserInfo?, known: KnownResources) -> Requirement {
        guard attributes.isResourceRequest else { return self }
        var result = self
        let request = attributes
        if request.group.isEmpty, request.resource == "namespaces" {
            let isAboutOne = !["list", "watch", "create", "deletecollection"].contains(request.verb)
            if isAboutOne, !request.name.isEmpty { result.key.attributes.namespace = request.name }
        } else if known.resource(request.resource, group: request.group)?.isNamespaced == false {
            result.key.attributes.namespace = ""
        }
        guard let theirs = key.user.flatMap(ServiceAccountName.init(userName:)),
            let ours = user.flatMap({ ServiceAccountName(userName: $0.name) }), theirs != ours
        else { return result }
        if result.attributes.namespace == theirs.namespace { result.key.attributes.namespace = ours.namespace }
        return result
    }
}
