import RBAC

/// What the API server said about calls, as lines of evidence.
enum EffectiveWords {
    static func lines(_ calls: [Call], _ effective: EffectiveSide) -> [String] {
        line(calls, effective.operators, effective, whom: "the operator")
            + line(calls, effective.own, effective, whom: "you")
    }

    private static func line(
        _ calls: [Call],
        _ answers: EffectiveSide.Answers?,
        _ effective: EffectiveSide,
        whom: String
    ) -> [String] {
        guard let answers, let first = calls.first.map({ answers.answers[$0.index] }) else { return [] }
        let isUnanimous = calls.allSatisfy { call in
            kind(answers.answers[call.index].verdict) == kind(first.verdict)
        }
        let how = first.via == .manifests ? "the roles and bindings in the cluster, evaluated here," : "the API server"
        guard isUnanimous else {
            let denied = calls.count { kind(answers.answers[$0.index].verdict) == "denies" }
            return ["\(how) denies \(denied) of \(calls.count) to \(whom)"]
        }
        let details = [first.reason, first.evaluationError].filter { !$0.isEmpty }.joined(separator: "; ")
        let why = details.isEmpty ? "" : ": \(details)"
        if case .unknown(let failure) = first.verdict {
            // Said once: among the steps that failed, or by `impersonation-refused`.
            if failure == effective.failure || failure.kind == .refused { return [] }
            return ["nobody could say whether it is allowed to \(whom): \(failure.message)"]
        }
        return ["\(how) \(kind(first.verdict)) it to \(whom)\(why)"]
    }

    private static func kind(_ verdict: AccessAnswer.Verdict) -> String {
        switch verdict {
        case .allowed: "allows"
        case .denied: "denies"
        case .unknown: "unknown"
        }
    }
}
