/// How a report is to look. Whoever calls decides; nothing here looks at a terminal or an environment.
package struct RenderOptions: Hashable, Sendable {
    package enum Verbosity: String, Hashable, Sendable {
        /// The first line of each finding, and the counts.
        case quiet
        case normal
        /// Every requirement with what grants it, and what was left out for brevity.
        case verbose
    }

    /// Whether to colour by ANSI escape sequences.
    package var color: Bool
    /// Columns that prose is wrapped to. Source lines are cut at it, commands and YAML never.
    package var width: Int
    package var verbosity: Verbosity

    /// Columns where no terminal says otherwise.
    package static let defaultWidth = 100

    package init(color: Bool = false, width: Int = Self.defaultWidth, verbosity: Verbosity = .normal) {
        self.color = color
        // Below this nothing reads well, and layouts could have no room at all.
        self.width = max(40, width)
        self.verbosity = verbosity
    }
}

/// The program that a report names as its author.
package struct Tool: Hashable, Sendable {
    package var name: String
    package var version: String

    package init(name: String = "swiftop-rbac", version: String) {
        self.name = name
        self.version = version
    }
}
