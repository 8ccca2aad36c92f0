extension UserInfo {
    /// The group of everybody whose credentials the API server accepted.
    package static let authenticatedGroup = "system:authenticated"
    /// The group of everybody who sent none.
    package static let unauthenticatedGroup = "system:unauthenticated"

    /// Who a request comes from that impersonates `name`, with `groups` where they were given too.
    ///
    /// Without groups a service account gets its own two. `system:authenticated` is added unless it or
    /// `system:unauthenticated` was given; `system:anonymous` gets `system:unauthenticated` instead. Kubernetes:
    /// `WithImpersonation` in `k8s.io/apiserver/pkg/endpoints/filters/impersonation`.
    package static func impersonated(name: String, groups: [String] = []) -> UserInfo {
        var groups = groups
        if groups.isEmpty, let account = ServiceAccountName(userName: name) {
            groups = account.user.groups.filter { $0 != authenticatedGroup }
        }
        let isKnown = groups.contains { $0 == authenticatedGroup || $0 == unauthenticatedGroup }
        if name == "system:anonymous" {
            if !groups.contains(unauthenticatedGroup) { groups.append(unauthenticatedGroup) }
        } else if !isKnown {
            groups.append(authenticatedGroup)
        }
        return UserInfo(name: name, groups: groups)
    }
}
