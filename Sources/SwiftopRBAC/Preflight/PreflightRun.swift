import Diagnosis
import Inputs
import KubeAPI
import RBAC
import Syntax
import Traces

/// The flow of `check`, with a report value at its end.
struct PreflightRun {
    private let preflight: Preflight

    init(_ preflight: Preflight) { self.preflight = preflight }

    func run() async throws(Preflight.Failure) -> Preflight.Report {
        var warnings: [String] = []
        let input: CheckInput
        let cluster: APIServerAccess?
        do throws(InputFailure) {
            input = try self.input { warnings.append($0) }
            cluster = try connect { warnings.append($0) }
        } catch { throw Preflight.Failure(error) }
        let report: CheckReport
        do throws(InputError) {
            report = try await Diagnosis.check(input, cluster: cluster)
        } catch { throw Preflight.Failure(InputFailure(.arguments, error.description)) }
        let result = Preflight.Report(report, warnings: warnings)
        if report.hasNoAnswer { throw Preflight.Failure(noAnswerIn: result) }
        return result
    }

    private func input(warn: InputWarning) throws(InputFailure) -> CheckInput {
        let manifests = try ManifestInput.read(preflight.manifests, withMarkers: true, warn: warn)
        let required = try RequirementInput(
            traces: preflight.traces,
            profiles: preflight.profiles,
            watchNamespaces: preflight.watchNamespaces,
            needs: preflight.requirements,
            namespace: preflight.namespace
        ).read(manifests: manifests, warn: warn)
        return CheckInput(
            manifests: manifests,
            requirements: required.requirements.requirements,
            hasTrace: required.hasTrace,
            identity: IdentityChoice(preflight.identity),
            namespace: preflight.namespace,
            isOffline: preflight.cluster == .none,
            includesBootstrapPolicy: preflight.includesDefaultGrants
        )
    }

    private func connect(warn: InputWarning) throws(InputFailure) -> APIServerAccess? {
        guard case .kubeconfig(let path, let context) = preflight.cluster else { return nil }
        var options = ConnectionOptions()
        options.kubeconfig = path
        options.context = context
        options.namespace = preflight.namespace
        do throws(InputFailure) {
            return try ClusterInput.connect(options, .current(usesStandardInput: true), warn: warn)
        } catch {
            var failure = error
            if failure.isNoAnswer {
                failure.message += "\n  hint: name a kubeconfig in `cluster`, or judge the manifests alone with `.none`"
            }
            throw failure
        }
    }
}

extension IdentityChoice {
    init(_ identity: Preflight.Identity) {
        switch identity {
        case .automatic: self = .automatic
        case .currentUser: self = .currentUser
        case .operatorAccount: self = .operatorAccount
        case .both: self = .both
        case .serviceAccount(let namespace, let name):
            self = .account(ServiceAccountName(namespace: namespace, name: name))
        }
    }
}
