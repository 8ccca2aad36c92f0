package import Diagnosis
import Syntax

/// A step that reads what was handed in could not do its work.
package struct InputFailure: Error, Hashable, Sendable {
    package var stage: CheckReport.Failure.Stage
    /// As a user reads it: the place, what is wrong, and on a line of its own what to do.
    package var message: String
    /// Whether nothing was wrong with the inputs, but nobody could be asked.
    package var isNoAnswer: Bool
    /// Which contexts there are to choose from, where that is what is missing: `a`, `b` and 3 more.
    package var choice: String?

    package init(
        _ stage: CheckReport.Failure.Stage,
        _ message: String,
        isNoAnswer: Bool = false,
        choice: String? = nil
    ) {
        self.stage = stage
        self.message = message
        self.isNoAnswer = isNoAnswer
        self.choice = choice
    }

    /// Runs a step that reads what the user handed in, and says which step it was.
    static func during<Value>(
        _ stage: CheckReport.Failure.Stage,
        _ body: () throws(InputError) -> Value
    ) throws(InputFailure) -> Value {
        do throws(InputError) {
            return try body()
        } catch { throw InputFailure(stage, error.description) }
    }
}

/// Takes a line about what was left out of an input; the rest of it stands.
package typealias InputWarning = (String) -> Void
