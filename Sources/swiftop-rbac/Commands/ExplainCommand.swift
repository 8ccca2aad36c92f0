import ArgumentParser
import Diagnosis
import Reports

/// `explain CODE`.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Prints the long text of a finding code: what it means, an example, and how to mend it."
    )

    @Argument(
        help: ArgumentHelp("A code as reports print it, such as verb-missing.", valueName: "code"),
        completion: .list(FindingCode.allCases.map(\.rawValue))
    )
    var code: String

    @OptionGroup var output: ColorOptions

    func run() async throws {
        guard let found = FindingCode(named: code) else {
            let near = FindingCode.suggestions(for: code).map { "`\($0.rawValue)`" }
            let hint =
                near.isEmpty
                ? "the codes are: \(FindingCode.allCases.map(\.rawValue).joined(separator: ", "))"
                : "did you mean \(near.prefix(3).joined(separator: " or "))?"
            throw CommandFailure(.arguments, "error: no finding has the code `\(code)`\n  hint: \(hint)")
        }
        Console.writeOutput(output.renderer.code(found.text))
    }
}
