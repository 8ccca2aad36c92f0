import Diagnosis
import Inputs
import KubeAPI
import Manifests
import RBAC
import Recorder
import Syntax

/// What a recorded run is judged by: the manifests, and whose they are.
struct AccessModes {
    /// Of the command line; without requirements.
    var input: CheckInput
    var access: APIServerAccess

    /// What a choice comes to.
    struct Mode {
        var connection: ClusterConnection
        /// Decides in the server's place; `declared` alone.
        var authority: DeclaredAuthority?
        /// The one line that says it.
        var words: String
    }

    /// - Throws: `CommandFailure` where the choice needs what is not there.
    func mode(_ choice: RunAccess) async throws(CommandFailure) -> Mode {
        let connection = access.client.connection
        switch choice {
        case .self:
            return Mode(connection: connection, words: "with your own permissions (access: self)")
        case .operator:
            let account = try account(for: choice)
            guard connection.impersonation.isEmpty else {
                throw CommandFailure(
                    .arguments,
                    "--access: error: `operator` impersonates the operator, and you impersonate somebody already\n"
                        + "  hint: leave --as out, or use --access declared"
                )
            }
            var impersonating = connection
            impersonating.impersonation.user = account.userName
            return Mode(
                connection: impersonating,
                words: "with what \(account) is granted in the cluster now (access: operator)"
            )
        case .declared:
            let grants = try grants(for: choice)
            let version = try? await access.client.serverVersion()
            let name = ServiceAccountName(userName: grants.user.name).map { "\($0)" } ?? grants.user.name
            return Mode(
                connection: connection,
                authority: DeclaredAuthority(
                    grants,
                    client: access.client,
                    version: version,
                    owners: OwnerKinds(KnownResources.of(input.manifests))
                ),
                words: "with what the manifests grant to \(name), and no more (access: declared)"
            )
        }
    }

    /// The operator's service account, as the manifests or `--identity` name it.
    private func account(for choice: RunAccess) throws(CommandFailure) -> ServiceAccountName {
        let grants = try grants(for: choice)
        guard let account = ServiceAccountName(userName: grants.user.name) else {
            throw CommandFailure(
                .arguments,
                "--access: error: the manifests name no service account of the operator\n"
                    + "  hint: name it with --identity NAMESPACE/NAME"
            )
        }
        return account
    }

    private func grants(for choice: RunAccess) throws(CommandFailure) -> DeclaredGrants {
        let grants = try CommandFailure.during(.arguments) { () throws(InputError) in
            try declaredGrants(input)
        }
        guard let grants else {
            throw CommandFailure(
                .manifests,
                "--access: error: `\(choice.rawValue)` needs the operator's manifests, and none were found\n"
                    + "  hint: name them with -r"
            )
        }
        return grants
    }
}
