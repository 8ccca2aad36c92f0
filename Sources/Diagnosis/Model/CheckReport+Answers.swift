extension CheckReport {
    /// Whether a server was to be asked, and nothing came of it.
    package var hasNoAnswer: Bool {
        if failures.contains(where: { $0.stage == .connection }) { return true }
        if findings.contains(where: { $0.code == .unauthenticated }) { return true }
        let asked = requirements.filter { $0.effectiveSelf != .notAsked || $0.effectiveOperator != .notAsked }
        return !asked.isEmpty
            && asked.allSatisfy { $0.effectiveSelf.isSilent && $0.effectiveOperator.isSilent }
    }
}

extension CheckReport.Effective {
    /// Whether this is no answer of a server.
    fileprivate var isSilent: Bool { self == .unknown || self == .notAsked }
}
