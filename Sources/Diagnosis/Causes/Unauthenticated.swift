import RBAC

/// `unauthenticated`: 401, or the server sees `system:anonymous`.
enum Unauthenticated {
    static func findings(_ judgement: Judgement) -> [Finding] {
        let effective = judgement.effective
        var messages: [String] = []
        if let failure = effective.failure, failure.kind == .unauthenticated { messages.append(failure.message) }
        for answer in (effective.own?.answers ?? []) + (effective.operators?.answers ?? []) {
            guard case .unknown(let failure) = answer.verdict, failure.kind == .unauthenticated,
                !messages.contains(failure.message)
            else { continue }
            messages.append(failure.message)
        }
        guard !messages.isEmpty else { return [] }
        return [
            Finding(
                code: .unauthenticated,
                severity: .error,
                title: "the API server does not know who you are",
                explanation:
                    "It refused the credentials, or none reached it. That is no question of roles: log in again, or "
                    + "name another context.",
                evidence: Array(messages.prefix(3)),
                remedy: Remedy(summary: "renew the credentials of this context, or choose another with --context")
            )
        ]
    }
}
