import Manifests
import RBAC
import Syntax

extension RBACMarker {
    var place: String { "\(range.file):\(range.start.line)" }
}

extension IgnoredMarker.Reason {
    /// Why it is ignored, as a clause.
    var words: String {
        switch self {
        case .documentation: "it touches the code below"
        case .inside: "it stands inside a declaration"
        case .trailing: "it stands behind code"
        case .block: "it stands in a block comment, and only `//` comments hold markers"
        case .misspelt(let name): "`\(name)` is not `+kubebuilder:rbac:` and the name of an argument"
        case .malformed(let reason): reason
        case .testFile: "controller-gen does not read test files"
        case .notBuilt: "its file is left out of the build here"
        case .outsidePaths(let paths): "controller-gen reads `paths=\(paths)` only"
        }
    }

    /// Why that is so, as a sentence.
    var explanation: String {
        switch self {
        case .documentation:
            "A comment without an empty line below it belongs to the code there: the marker is read as a part of its "
                + "documentation."
        case .inside, .trailing, .block:
            "RBAC markers are about a package, and count in `//` comments between its declarations."
        case .misspelt, .malformed:
            "A marker is `+kubebuilder:rbac:`, then arguments with commas between them; lists have semicolons."
        case .testFile, .notBuilt, .outsidePaths:
            "controller-gen loads the packages that `paths` names as `go build` does."
        }
    }

    /// What to do about it, in the imperative.
    var remedy: String {
        switch self {
        case .documentation: "put an empty line below the marker"
        case .inside, .trailing:
            "move the marker to a line of its own between declarations, with an empty line below it"
        case .block: "write it as a `//` comment, with an empty line below it"
        case .misspelt: "write `// +kubebuilder:rbac:groups=…,resources=…,verbs=…`"
        case .malformed: "mend the marker: controller-gen stops at it, and leaves out all markers of its package"
        case .testFile, .notBuilt: "move the marker to a file that is built"
        case .outsidePaths: "add the folder to `paths=`, or move the marker"
        }
    }
}

/// What rules grant, a line each: `list` and `watch` on `secrets`.
func grantLines(_ halves: [PolicyRule]) -> [String] {
    compacted(halves).map { rule in
        let verbs = quotedList(rule.verbs)
        if rule.isPathHalf { return "\(verbs) on \(quotedList(rule.nonResourceURLs))" }
        let targets = rule.apiGroups.flatMap { group in
            rule.resources.map { resource -> String in
                let parts = resource.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(
                    String.init
                )
                return Target(group: group, resource: parts[0], subresource: parts.count > 1 ? parts[1] : "")
                    .description
            }
        }
        let names = rule.resourceNames.isEmpty ? "" : " called \(quotedList(rule.resourceNames))"
        return "\(verbs) on \(quotedList(targets))\(names)"
    }
}
