import ArgumentParser
import Diagnosis

/// `--fail-on`: which severity turns into exit status 1.
enum FailOn: String, ExpressibleByArgument, CaseIterable {
    case error, warning, never

    static let allValueStrings = ["error", "warning", "never"]

    /// Whether findings of these numbers fail the run.
    func fails(errors: Int, warnings: Int) -> Bool {
        switch self {
        case .never: false
        case .error: errors > 0
        case .warning: errors + warnings > 0
        }
    }
}
