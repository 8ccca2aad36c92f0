/// The long text of a finding code: what `explain CODE` prints.
///
/// Each code has a file of its own beside this one.
package struct CodeText: Hashable, Sendable {
    /// A small situation, and what the tool says about it.
    package struct Example: Hashable, Sendable {
        /// Lines as they would stand in a file or a log.
        package var input: String
        /// The gist of the finding, in one sentence without a final period.
        package var says: String
    }

    package var code: FindingCode
    /// The default; a finding may weigh less where only something usual is missing.
    package var severity: Severity
    /// One line: lower case, no final period.
    package var summary: String
    /// One paragraph, to be wrapped by whoever prints it.
    package var meaning: String
    package var example: Example
    /// One paragraph: what to do.
    package var remedy: String
    /// The page of kubernetes.io that says more.
    package var documentation: String
}

extension FindingCode {
    package var text: CodeText {
        switch self {
        case .ruleMissing: .ruleMissing
        case .verbMissing: .verbMissing
        case .subresourceMissing: .subresourceMissing
        case .apiGroupWrong: .apiGroupWrong
        case .resourceNameWrong: .resourceNameWrong
        case .resourceNamesRestricted: .resourceNamesRestricted
        case .namespaceScopeTooNarrow: .namespaceScopeTooNarrow
        case .clusterScopeInRole: .clusterScopeInRole
        case .notApplied: .notApplied
        case .roleOutdated: .roleOutdated
        case .notBound: .notBound
        case .subjectMismatch: .subjectMismatch
        case .roleRefDangling: .roleRefDangling
        case .aggregationUnmatched: .aggregationUnmatched
        case .deniedElsewhere: .deniedElsewhere
        case .resourceNotServed: .resourceNotServed
        case .versionNotServed: .versionNotServed
        case .subresourceNotServed: .subresourceNotServed
        case .unauthenticated: .unauthenticated
        case .impersonationRefused: .impersonationRefused
        case .accessDenied: .accessDenied
        case .unknown: .unknown
        case .maskedByBroaderIdentity: .maskedByBroaderIdentity
        case .cachedReadNeedsListWatch: .cachedReadNeedsListWatch
        case .finalizersPermission: .finalizersPermission
        case .escalationRefused: .escalationRefused
        case .admissionRefused: .admissionRefused
        case .excessPermission: .excessPermission
        case .wildcardGrant: .wildcardGrant
        case .riskyPermission: .riskyPermission
        case .ruleInvalid: .ruleInvalid
        case .crdInvalid: .crdInvalid
        case .markerDrift: .markerDrift
        }
    }

    /// The code that a user named: in any letter case, with `_` or spaces for `-`. `nil` where there is none; ask
    /// `suggestions(for:)` then.
    package init?(named name: String) {
        self.init(rawValue: Self.normalized(name))
    }

    /// The codes that a mistyped name may mean, best first: by edit distance, then those that contain it or share its
    /// words. Empty where nothing is near.
    package static func suggestions(for name: String) -> [FindingCode] {
        let name = normalized(name)
        guard !name.isEmpty, name.utf8.count <= 64 else { return [] }
        let misspelled = nearMisses(of: name, among: allCases.map(\.rawValue))
        let words = Set(name.split(separator: "-"))
        let related = allCases.map(\.rawValue).filter { code in
            code.hasPrefix(name) || (name.utf8.count > 3 && code.contains(name))
                || Set(code.split(separator: "-")).intersection(words).count >= 2
                || Set(code.split(separator: "-")) == words
        }
        var seen: Set<String> = []
        return (misspelled + related).filter { seen.insert($0).inserted }.compactMap(FindingCode.init(rawValue:))
    }

    private static func normalized(_ name: String) -> String {
        String(name.lowercased().map { $0 == "_" || $0 == " " ? "-" : $0 })
    }
}
