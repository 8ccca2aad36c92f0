/// What the exit status says; the contract with scripts.
enum ExitStatus: Int32 {
    /// Asked and answered: nothing at or above `--fail-on`.
    case success = 0
    /// Findings at or above `--fail-on`; for `diff`, a difference.
    case findings = 1
    /// The command line or an input file is wrong; nothing was asked.
    case invalidInput = 2
    /// No answer: server unreachable, credentials refused, or every review failed.
    case noAnswer = 3
}
