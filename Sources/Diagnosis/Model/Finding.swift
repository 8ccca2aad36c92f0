package import Manifests
package import RBAC
package import Syntax

/// One cause, with its evidence and its remedy. A renderer adds nothing to what stands here.
package struct Finding: Sendable {
    package var code: FindingCode
    package var severity: Severity
    /// Whether this is why its requirements are not met, rather than something that comes on top.
    package var isPrincipal: Bool
    /// One line: lower case, no final period.
    package var title: String
    /// Sentences.
    package var explanation: String
    /// Indices into `CheckReport.requirements`, ascending.
    package var requirements: [Int]
    /// The place to look at first, then the others.
    package var locations: [FindingLocation]
    /// What was found on either side, a line each.
    package var evidence: [String]
    package var remedy: Remedy?

    package init(
        code: FindingCode,
        severity: Severity,
        isPrincipal: Bool = false,
        title: String,
        explanation: String,
        requirements: [Int] = [],
        locations: [FindingLocation] = [],
        evidence: [String] = [],
        remedy: Remedy? = nil
    ) {
        self.code = code
        self.severity = severity
        self.isPrincipal = isPrincipal
        self.title = title
        self.explanation = explanation
        self.requirements = requirements
        self.locations = locations
        self.evidence = evidence
        self.remedy = remedy
    }
}

/// A stretch of a file that a finding is about.
package struct FindingLocation: Hashable, Sendable {
    /// The stretch to show: the whole rule, the binding.
    package var range: SourceRange
    /// The parts to underline inside `range`, each with a few words beside it; empty underlines the first line.
    package var labels: [Label]

    package struct Label: Hashable, Sendable {
        package var range: SourceRange
        package var text: String
        package init(range: SourceRange, text: String) {
            self.range = range
            self.text = text
        }
    }

    package init(range: SourceRange, labels: [Label] = []) {
        self.range = range
        self.labels = labels
    }
}

/// What mends a finding.
package struct Remedy: Sendable {
    /// One line: what to do, in the imperative.
    package var summary: String
    /// Rules that grant exactly what was missing.
    package var rules: [PolicyRule]
    /// The same as `+kubebuilder:rbac` markers.
    package var markers: [String]
    /// Commands for what no edit of a manifest mends.
    package var commands: [String]
    /// YAML to write, shown as an addition below the location; empty where words say it better.
    package var replacement: [String]
    /// What an editor would change, all of it together; empty where no edit of the manifests mends it.
    package var edits: [ManifestEdit]
    /// Names of roles and bindings that the commands and the YAML make; a remedy beside this one takes others.
    package var newNames: [String] = []
    /// The first of the edits.
    package var edit: ManifestEdit? { edits.first }
    /// What an editor would change instead to correct what is written: a name, a binding, a wildcard. Other permissions may
    /// come or go with it.
    package var corrections: [ManifestCorrection] = []

    package init(
        summary: String,
        rules: [PolicyRule] = [],
        markers: [String] = [],
        commands: [String] = [],
        replacement: [String] = [],
        edit: ManifestEdit? = nil,
        edits: [ManifestEdit] = []
    ) {
        self.summary = summary
        self.rules = rules
        self.markers = markers
        self.commands = commands
        self.replacement = replacement
        self.edits = edits + (edit.map { [$0] } ?? [])
    }
}

/// An edit of one manifest, in terms of the objects; the text is found by the positions.
package enum ManifestEdit: Hashable, Sendable {
    /// Adds entries to lists of one rule of a role. Where the rule cannot be extended, because an anchor shares it or because
    /// together with another edit it would then grant more than is required, rules that grant the same are added instead.
    case extendRule(role: SourceRange, rule: SourceRange, adding: PolicyRule, granting: [PolicyRule])
    /// Adds a rule to the role that stands at `role`, after the rule at `after` where one is nearest in meaning.
    case addRule(role: SourceRange, after: SourceRange?, rule: PolicyRule)

    /// The role that is edited.
    package var object: SourceRange {
        switch self {
        case .extendRule(let role, _, _, _), .addRule(let role, _, _): role
        }
    }
}

/// A correction of what a manifest says, in terms of the objects. Names are as the file spells them.
package enum ManifestCorrection: Hashable, Sendable {
    /// Writes entries of a rule's list in place of one.
    case replaceEntry(role: SourceRange, rule: SourceRange, list: RuleList, old: String, new: [String])
    /// Makes a binding refer to another role.
    case setRoleRef(binding: SourceRange, kind: String, name: String)
    /// Corrects a subject of a binding, or adds one where `subject` is `nil`.
    case setSubject(binding: SourceRange, subject: SourceRange?, to: Subject)

    /// The object that is edited.
    package var object: SourceRange {
        switch self {
        case .replaceEntry(let object, _, _, _, _), .setRoleRef(let object, _, _), .setSubject(let object, _, _): object
        }
    }
}
