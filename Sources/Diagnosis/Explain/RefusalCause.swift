import Manifests
import Traces

extension ExplainReport.Refusal {
    /// Takes over the principal cause that a check found for what was refused.
    ///
    /// - Returns: what the check says about the requests that were refused.
    @discardableResult
    mutating func take(_ check: CheckReport, _ surroundings: ExplainSurroundings) -> [CheckReport.Judged] {
        let judged = check.requirements.filter { asked.contains($0.requirement.attributes) }
        // That it was refused is known, whatever nobody can say now.
        let causes = judged.flatMap(\.findings).map { check.findings[$0] }.filter {
            $0.isPrincipal && $0.code != .unknown
        }
        if let cause = causes.first {
            take(cause)
        } else if surroundings.manifests != nil, !judged.isEmpty, judged.allSatisfy({ $0.declared == .granted }) {
            takeGrant(judged, surroundings)
        }
        return judged
    }

    private mutating func take(_ cause: Finding) {
        // Escalations, impersonations and owner references have a reason of their own; the cause says where to write.
        if code == .accessDenied {
            code = cause.code
            title = cause.title
            explanation = cause.explanation
        }
        remedy = cause.remedy ?? remedy
        locations = cause.locations
    }

    private mutating func takeGrant(_ judged: [CheckReport.Judged], _ surroundings: ExplainSurroundings) {
        var seen: Set<String> = []
        let roles = judged.flatMap(\.grantedBy).filter { seen.insert($0).inserted }
        explanation =
            "The manifests grant it (\(Wording.list(roles))). What the cluster held when it refused did not: they are not "
            + "applied, or were changed since."
        if let manifests = surroundings.manifests {
            remedy = ApplyCommands(manifests, namespace: surroundings.namespace ?? "")
                .remedy(summary: "apply the manifests, roles and bindings both")
        }
    }
}
