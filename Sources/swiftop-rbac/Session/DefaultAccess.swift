import Diagnosis
import KubeAPI
import RBAC

/// `--access` of `run` where it is not said. Contract: the operator's own where it is in the cluster and may be impersonated,
/// else what the manifests declare, else one's own.
struct DefaultAccess {
    let input: CheckInput
    let client: APIClient

    /// - Returns: also what somebody who may impersonate would not expect, a sentence.
    func choose() async -> (access: RunAccess, note: String?) {
        guard input.manifests != nil, let grants = (try? declaredGrants(input)) ?? nil else { return (.`self`, nil) }
        guard let account = ServiceAccountName(userName: grants.user.name), client.connection.impersonation.isEmpty
        else { return (.declared, nil) }
        async let mayImpersonate = mayImpersonate(account)
        async let existence = existence(of: account)
        switch await (mayImpersonate, existence) {
        case (true, true?): return (.operator, nil)
        case (true, nil):
            return (
                .declared,
                "you may impersonate `\(account)`, and may not see whether it is in the cluster: "
                    + "--access operator runs with what it is granted there"
            )
        default: return (.declared, nil)
        }
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

    /// `nil` where that cannot be seen.
    private func existence(of account: ServiceAccountName) async -> Bool? {
        let folder = "/api/v1/namespaces/\(APIRequest.segment(account.namespace))/serviceaccounts/"
        let found = await client.send([APIRequest(.get, folder + APIRequest.segment(account.name))])
        guard case .success(let response) = found.first, response.status != 403 else { return nil }
        return response.status == 200
    }
}
