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
        tell(failure, arguments)
    case let code as ExitCode:
        leave(code.rawValue)
    case let error as InputError:
        tell(CommandFailure(.arguments, error.description), arguments)
    default:
        let message = SwiftopRBACCommand.fullMessage(for: error)
        guard SwiftopRBACCommand.exitCode(for: error) != .success else {
            Console.writeOutput(message.hasSuffix("\n") ? message : message + "\n")
            leave(ExitStatus.success.rawValue)
        }
        Console.writeMessage(message)
        // A document gets the reason alone; the usage behind it is for a terminal.
        exit(after: CommandFailure(.arguments, "error: \(SwiftopRBACCommand.message(for: error))"), arguments)
    }
}

/// Ends the process without what libraries do at exit: the transport's thread may still be inside one of them.
func leave(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
}

private func tell(_ failure: CommandFailure, _ arguments: [String]) -> Never {
    for failure in failure.failures { Console.writeMessage(failure.message) }
    exit(after: failure, arguments)
}

/// Writes the documents that were asked for, which then hold nothing but why.
private func exit(after failure: CommandFailure, _ arguments: [String]) -> Never {
    let targets = jsonTargets(arguments)
    if !targets.isEmpty {
        let document = emptyDocument(failure.failures, arguments)
        // What could not be written is what failed, or would fail again.
        for case let file? in targets { try? FileOutput.write(document, to: file) }
        if targets.contains(nil) { Console.writeOutput(document) }
    }
    leave(failure.status.rawValue)
}

/// Where JSON was to go, `nil` for standard output; told from the arguments as typed, since they may be what could not be
/// parsed.
private func jsonTargets(_ arguments: [String]) -> Set<String?> {
    let own = Array(arguments.prefix { $0 != "--" })
    var values: [Substring] = []
    for (index, argument) in own.enumerated() {
        if argument == "-o" || argument == "--output" {
            if index + 1 < own.count { values.append(own[index + 1][...]) }
        } else if argument.hasPrefix("--output=") {
            values.append(argument.dropFirst("--output=".count))
        } else if argument.hasPrefix("-o") {
            values.append(argument.dropFirst(2).drop { $0 == "=" })
        }
    }
    return Set(
        values.compactMap { value -> String?? in
            if value == "json" { return .some(nil) }
            return value.hasPrefix("json=") && value != "json=" ? String(value.dropFirst("json=".count)) : nil
        }
    )
}

/// The command's document with nothing in it but why.
private func emptyDocument(_ failures: [CheckReport.Failure], _ arguments: [String]) -> String {
    let renderer = Renderer(tool: Tool(version: ToolVersion.current))
    switch arguments.first {
    case "generate" where !arguments.contains("--diff"):
        let options = GeneratedOptions(asMarkers: arguments.contains("--markers"))
        return renderer.generated(nil, options, as: .json, failures: failures)
    case "diff", "generate":
        let side = DiffReport.Side(kind: .manifests, label: "")
        var report = DiffReport(comparison: .roleToRole, a: side, b: side)
        report.failures = failures
        return renderer.diff([report], as: .json)
    case "explain":
        var report = ExplainReport()
        report.failures = failures
        return renderer.explain(report, as: .json)
    case "trace":
        return renderer.trace([], as: .json, failures: failures)
    case "check", nil:
        var report = CheckReport()
        report.failures = failures
        return renderer.check([report], as: .json)
    case let command?:
        let kinds = ["explain": "ExplainReport", "profile": "ProfileList", "whoami": "WhoAmI"]
        return renderer.failures(failures, kind: kinds[command] ?? "CheckReport")
    }
}
