import Logging
import SwiftopRBAC

/// What this operator calls, and the question whether it may.
enum Permissions {
    /// Beside each other with the calls themselves; the manifests in `config/rbac` grant the same.
    static func needed(leaseIn namespace: String?) -> [String] {
        var needs = [
            "list,watch,patch myapps.example.com",
            "patch myapps.example.com/status",
            // OwnerReferencesPermissionEnforcement asks for this where `blockOwnerDeletion` is set.
            "update myapps.example.com/finalizers",
            "list,watch,create,patch,delete deployments.apps",
            "list,watch secrets",
            "create events.events.k8s.io",
        ]
        if let namespace {
            needs.append("create leases.coordination.k8s.io -n \(namespace)")
            needs.append("get,update leases.coordination.k8s.io -n \(namespace) \(MyAppOperator.leaseName)")
        }
        return needs
    }

    /// Holds the needs against the manifests, where the operator is started beside them, and asks the API server.
    ///
    /// - Throws: `Preflight.Failure` where nobody could be asked, `Preflight.Denied` where something is missing.
    static func check(_ needs: [String], kubeconfig: String?, _ logger: Logger) async throws {
        var preflight = Preflight()
        preflight.requirements = needs
        preflight.cluster = .kubeconfig(kubeconfig)
        let report = try await preflight.run()
        for warning in report.warnings { logger.warning("\(warning)") }
        try report.requireGranted()
        logger.notice("preflight: \(report.summary)")
    }
}
