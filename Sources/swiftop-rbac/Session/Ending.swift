import ArgumentParser
import Diagnosis
import Reports
import Syntax

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Turns what a command threw into a text, a document where one was asked for, and an exit status.
func endProgram(with error: any Error, arguments: [String]) -> Never {
    switch error {
    case let failure as CommandFailure:
        endProgram(with: failure, arguments: arguments)
    case let code as ExitCode:
        exit(code.rawValue)
    case let error as InputError:
        endProgram(with: CommandFailure(.arguments, error.description), arguments: arguments)
    default:
        let message = SwiftopRBACCommand.fullMessage(for: error)
        guard SwiftopRBACCommand.exitCode(for: error) != .success else {
            Console.writeOutput(message.hasSuffix("\n") ? message : message + "\n")
            exit(ExitStatus.success.rawValue)
        }
        endProgram(with: CommandFailure(.arguments, message), arguments: arguments)
    }
}

private func endProgram(with failure: CommandFailure, arguments: [String]) -> Never {
    for failure in failure.failures { Console.writeError(failure.message) }
    if wantsJSON(arguments) { Console.writeOutput(emptyDocument(failure.failures, arguments)) }
    exit(failure.status.rawValue)
}

/// Whether JSON goes to standard output, told from the arguments as typed: they may be what could not be parsed.
private func wantsJSON(_ arguments: [String]) -> Bool {
    let own = arguments.prefix { $0 != "--" }
    return own.enumerated().contains { index, argument in
        switch argument {
        case "-o", "--output": own.dropFirst(index + 1).first == "json"
        case "-ojson", "-o=json", "--output=json": true
        default: false
        }
    }
}

/// The command's document with nothing in it but why.
private func emptyDocument(_ failures: [CheckReport.Failure], _ arguments: [String]) -> String {
    let renderer = Renderer(tool: Tool(version: ToolVersion.current))
    switch arguments.first {
    case "diff":
        let side = DiffReport.Side(kind: .manifests, label: "")
        var report = DiffReport(comparison: .roleToRole, a: side, b: side)
        report.failures = failures
        return renderer.diff([report], as: .json)
    case "trace":
        return renderer.trace([], as: .json, failures: failures)
    default:
        var report = CheckReport()
        report.failures = failures
        return renderer.check([report], as: .json)
    }
}
