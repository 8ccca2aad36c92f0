import RBAC

/// `impersonation-refused`: nobody could be asked as the operator. One finding a run.
enum ImpersonationRefused {
    static func findings(_ judgement: Judgement, choice: IdentityChoice) -> [Finding] {
        guard let operators = judgement.effective.operators else { return [] }
        var messages: [String] = []
        var calls: [Call] = []
        var lacking: PolicyRule?
        for state in judgement.states {
            guard case .unknown(let failure) = operators.answers[state.call.index].verdict, failure.kind == .refused
            else {
                continue
            }
            calls.append(state.call)
            lacking = lacking ?? failure.lacking
            if !messages.contains(failure.message) { messages.append(failure.message) }
        }
        guard !calls.isEmpty else { return [] }
        let isAskedFor =
            switch choice {
            case .operatorAccount, .account: true
            case .automatic, .both, .currentUser: false
            }
        let rule =
            lacking
            ?? PolicyRule(
                verbs: ["create"],
                apiGroups: ["authorization.k8s.io"],
                resources: ["subjectaccessreviews"]
            )
        return [
            Finding(
                code: .impersonationRefused,
                severity: isAskedFor ? .error : .warning,
                title: "you may not ask what the operator \(Wording.user(operators.user)) may do",
                explanation: (lacking == nil
                    ? "The API server neither takes an access review about the operator from you nor lets you impersonate "
                        + "it, and the roles and bindings could not be read."
                    : "The API server does not let you request a token of the operator, as was asked for with "
                        + "`--review-as-token`, and the roles and bindings could not be read.")
                    + " What the operator may do is unknown.",
                requirements: calls.map(\.index),
                evidence: Array(messages.prefix(3)),
                remedy: Remedy(
                    summary: lacking == nil
                        ? "have yourself granted this, or `impersonate` on the service account"
                        : "have yourself granted this, or leave out --review-as-token",
                    rules: [rule]
                )
            )
        ]
    }
}
