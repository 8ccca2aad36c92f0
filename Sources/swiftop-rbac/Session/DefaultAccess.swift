import Diagnosis
import KubeAPI
import RBAC

/// `--access` of `run` where it is not said. Contract: the operator's own where it is in the cluster and may be impersonated,
/// else what the manifests declare, else one's own.
struct DefaultAccess {
    let input: CheckInput
    let client: APIClient

    func choose() async -> RunAccess {
        guard input.manifests != nil, let grants = (try? declaredGrants(input)) ?? nil else { return .`self` }
        guard let account = ServiceAccountName(userName: grants.user.name), client.connection.impersonation.isEmpty
        else { return .declared }
        async let mayImpersonate = mayImpersonate(account)
        async let exists = exists(account)
        return await [mayImpersonate, exists] == [true, true] ? .operator : .declared
    }

    private func mayImpersonate(_ account: ServiceAccountName) async -> Bool {
        let question = RequestAttributes(
            verb: "impersonate",
            resource: "serviceaccounts",
            namespace: account.namespace,
            name: account.name
        )
        return await client.selfSubjectAccessReviews([question]).first?.verdict == .allowed
    }

    private func exists(_ account: ServiceAccountName) async -> Bool {
        let folder = "/api/v1/namespaces/\(APIRequest.segment(account.namespace))/serviceaccounts/"
        let found = await client.send([APIRequest(.get, folder + APIRequest.segment(account.name))])
        guard case .success(let response) = found.first else { return false }
        return response.status == 200
    }
}
