import RBAC
package import Traces

/// From what a log says to what it means.
package enum Explainer {
    /// Explains notices by themselves, with neither manifests nor a cluster.
    package static func report(_ summary: NoticeLog.Summary, known: KnownResources = .builtin) -> ExplainReport {
        var report = ExplainReport()
        report.refusals = summary.entries.map { refusal($0, known) }
        if summary.omitted > 0 {
            report.notes.append(
                "\(summary.omitted) more refusals differ from all that are listed; \(summary.entries.count) were kept"
            )
        }
        return report
    }

    static func refusal(_ entry: NoticeLog.Entry, _ known: KnownResources) -> ExplainReport.Refusal {
        let notice = entry.notice
        var refusal = ExplainReport.Refusal(
            code: notice.code,
            title: "",
            request: notice.statedRequest,
            user: notice.user,
            groups: notice.groups,
            count: entry.count,
            firstLine: entry.firstLine,
            lastLine: entry.lastLine,
            file: entry.file,
            message: entry.message,
            cause: entry.hides
        )
        switch notice.kind {
        case .authorization where refusal.code == .unauthenticated: UnauthenticatedWords.fill(&refusal, notice)
        case .authorization where refusal.code == .impersonationRefused: ImpersonationWords.fill(&refusal, notice)
        case .authorization: AuthorizationWords.fill(&refusal, notice, known)
        case .escalation(let missing): EscalationWords.fill(&refusal, missing)
        case .ownerFinalizers(let update): OwnerWords.fill(&refusal, update)
        case .notServed(let kind): NotServedWords.fill(&refusal, kind, known)
        case .admission(let admission): AdmissionWords.fill(&refusal, admission, notice)
        case .unauthenticated: UnauthenticatedWords.fill(&refusal, notice)
        case .symptom(let symptom): SymptomWords.fill(&refusal, symptom, known)
        }
        return refusal
    }
}

extension Notice {
    /// The contract's code.
    var code: FindingCode {
        switch kind {
        case .authorization:
            if user == "system:anonymous" { return .unauthenticated }
            return request.map { isImpersonation($0) } == true ? .impersonationRefused : .accessDenied
        case .escalation: return .escalationRefused
        case .ownerFinalizers: return .finalizersPermission
        case .notServed: return .resourceNotServed
        case .admission: return .admissionRefused
        case .unauthenticated: return .unauthenticated
        case .symptom: return .unknown
        }
    }

    /// The request that the text names. Of one that admission refused it names the object alone.
    var statedRequest: RequestAttributes? {
        switch kind {
        case .authorization, .escalation, .ownerFinalizers: request
        case .notServed, .admission, .unauthenticated, .symptom: nil
        }
    }

    private func isImpersonation(_ request: RequestAttributes) -> Bool {
        request.verb == "impersonate" || request.verb.hasPrefix("impersonate:")
            || request.verb.hasPrefix("impersonate-on:")
    }
}
