import RBAC

/// `unknown`, on the server's side: nobody could say whether a call is allowed.
enum NoAnswer {
    static func findings(_ judgement: Judgement) -> [Finding] {
        var order: [String] = []
        var groups: [String: [Call]] = [:]
        var hints: [String: String] = [:]
        for state in judgement.states where state.isMet == nil && !state.isCovered {
            guard let message = message(state, judgement) else { continue }
            if groups[message] == nil { order.append(message) }
            groups[message, default: []].append(state.call)
            if case .unknown(let failure)? = judgement.effective.decisive(state.call)?.verdict {
                hints[message] = failure.hint
            }
        }
        let hasServer = judgement.effective.server != nil
        return order.map { finding($0, groups[$0] ?? [], hasServer: hasServer, hint: hints[$0]) }
    }

    /// Why nobody could say; `nil` where another finding does.
    private static func message(_ state: Judgement.State, _ judgement: Judgement) -> String? {
        if case .unknown(let failure)? = judgement.effective.decisive(state.call)?.verdict {
            let isAboutOperator = judgement.effective.operators != nil
            return failure.kind == .refused && isAboutOperator ? nil : failure.message
        }
        if let evidence = judgement.evidence, UnreadableRole.proof(state.call, evidence) != nil { return nil }
        return judgement.effective.failure?.message ?? "there are no manifests, and no server was asked"
    }

    private static func finding(_ message: String, _ calls: [Call], hasServer: Bool, hint: String?) -> Finding {
        Finding(
            code: .unknown,
            severity: .warning,
            isPrincipal: true,
            title: "nobody could say whether \(Wording.needs(calls)) is allowed",
            explanation: "Unknown is neither allowed nor denied. "
                + (hasServer
                    ? "The reviews that failed may succeed when they are asked again." : "Something has to be asked."),
            requirements: calls.map(\.index).sorted(),
            evidence: ["not read: \(message)"],
            remedy: Remedy(
                summary: hint
                    ?? (hasServer
                        ? "ask again when the server answers" : "name manifests with -r, or a cluster with --context")
            )
        )
    }
}
