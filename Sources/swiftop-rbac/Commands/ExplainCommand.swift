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
        guard let code = FindingCode(rawValue: code) else {
            let names = FindingCode.allCases.map(\.rawValue)
            let near = names.min { editDistance($0, code) < editDistance($1, code) }
            let hint =
                near.flatMap { editDistance($0, code) <= 3 ? "did you mean `\($0)`?" : nil }
                ?? "the codes are: \(names.joined(separator: ", "))"
            throw CommandFailure(.arguments, "error: no finding has the code `\(code)`\n  hint: \(hint)")
        }
        Console.writeOutput(output.renderer.code(code.text))
    }
}
