import Diagnosis
import Inputs
import Syntax

/// A command that could not do its work: what went wrong, and the exit status that says so.
struct CommandFailure: Error {
    var failures: [CheckReport.Failure]
    var status: ExitStatus

    init(_ stage: CheckReport.Failure.Stage, _ message: String, status: ExitStatus = .invalidInput) {
        failures = [CheckReport.Failure(stage: stage, message: message)]
        self.status = status
    }

    init(_ failures: [CheckReport.Failure], status: ExitStatus) {
        self.failures = failures
        self.status = status
    }

    /// Runs a step that reads what the user handed in, and says which step it was.
    static func during<Value>(
        _ stage: CheckReport.Failure.Stage,
        _ body: () throws(InputError) -> Value
    ) throws(CommandFailure) -> Value {
        do throws(InputError) {
            return try body()
        } catch { throw CommandFailure(stage, error.description) }
    }

    /// Runs a step that reads what the user named.
    static func reading<Value>(_ body: () throws(InputFailure) -> Value) throws(CommandFailure) -> Value {
        do throws(InputFailure) {
            return try body()
        } catch {
            throw CommandFailure(error.stage, error.message, status: error.isNoAnswer ? .noAnswer : .invalidInput)
        }
    }
}
