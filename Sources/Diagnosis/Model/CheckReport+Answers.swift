extension CheckReport {
    /// Whether a server was to be asked, and nothing came of it.
    package var hasNoAnswer: Bool {
        if failures.contains(where: { $0.stage == .connection }) { return true }
        if findings.contains(where: { $0.code == .unauthenticated }) { return true }
        let asked = requirements.filter { $0.effectiveSelf != .notAsked || $0.effectiveOperator != .notAsked }
        let silent: Set<Effective> = [.unknown, .notAsked]
        return !asked.isEmpty
            && asked.allSatisfy { silent.contains($0.effectiveSelf) && silent.contains($0.effectiveOperator) }
    }
}
