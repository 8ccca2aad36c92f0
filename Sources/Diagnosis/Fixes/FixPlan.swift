package import Manifests

/// What `check` may do beyond saying it.
package struct FixOptions: Hashable, Sendable {
    /// `--fix`: manifests are edited.
    package var editsManifests: Bool
    /// `--fix-markers`: where a role is generated from markers, those are.
    package var editsMarkers: Bool
    /// `--unsafe-fixes`: names and bindings are corrected, wildcards narrowed.
    package var allowsUnsafe: Bool
    /// `--force`: files that are generated or read-only are written, too.
    package var overwritesAll: Bool
    /// The findings to mend, as indices into the report's; `nil` for all.
    package var findings: Set<Int>?

    package init(
        editsManifests: Bool = true,
        editsMarkers: Bool = false,
        allowsUnsafe: Bool = false,
        overwritesAll: Bool = false,
        findings: Set<Int>? = nil
    ) {
        self.editsManifests = editsManifests
        self.editsMarkers = editsMarkers
        self.allowsUnsafe = allowsUnsafe
        self.overwritesAll = overwritesAll
        self.findings = findings
    }
}

/// The edits that mend findings, worked out and proved: every changed text was read again, and grants what was missing and
/// nothing more.
package struct FixPlan: Sendable {
    /// A file as it was and as it is to be.
    package struct Change: Hashable, Sendable {
        package var file: String
        package var before: String
        package var after: String
    }

    /// A finding that is mended.
    package struct Fix: Hashable, Sendable {
        /// Into the report's findings.
        package var finding: Int
        /// `FILE:LINE` of each place that changes, as it was before.
        package var places: [String]

        package init(finding: Int, places: [String]) {
            self.finding = finding
            self.places = places
        }
    }

    /// A finding that an edit would mend which is not made.
    package struct Refusal: Hashable, Sendable {
        package enum Reason: Hashable, Sendable {
            /// Standard input cannot be written back.
            case standardInput
            /// Helm's output: the chart is to be edited.
            case helm
            /// Another generator's output.
            case generated
            /// controller-gen's output: the markers are to be edited, and the command run.
            case markers(command: String)
            /// The markers grant it already: only the command is to be run.
            case notGenerated(command: String)
            /// Not generated from markers, and only those are to be edited.
            case manifest
            case readOnly
            /// The place, or the whole, cannot be edited so that it holds what it should; with the reason as a clause.
            case notEditable(String)
        }

        package var finding: Int
        package var file: String
        package var reason: Reason
    }

    package var fixes: [Fix] = []
    package var refusals: [Refusal] = []
    /// In the order of their names.
    package var changes: [Change] = []
    /// What the changed manifests hold; what changed markers yield comes with the commands. `nil` where nothing changes.
    package var manifests: ManifestSet?
    /// What generates manifests from changed markers.
    package var commands: [String] = []

    package init() {}

    /// The plan of a report that keeps only some of the findings.
    ///
    /// - Parameter places: where each kept finding stands now, by where it stood.
    func renumbered(_ places: [Int: Int]) -> FixPlan {
        var plan = self
        plan.fixes = fixes.compactMap { fix in
            places[fix.finding].map { Fix(finding: $0, places: fix.places) }
        }
        plan.refusals = refusals.compactMap { refusal in
            places[refusal.finding].map { Refusal(finding: $0, file: refusal.file, reason: refusal.reason) }
        }
        return plan
    }
}
