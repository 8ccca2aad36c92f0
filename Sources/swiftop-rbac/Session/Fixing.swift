import Diagnosis
import Manifests
import Reports
import Syntax

/// Carries out what a report's fixes plan, and says so on standard error.
struct Fixing {
    let flags: FixFlags
    let reports: [CheckReport]

    /// The manifests after the fix, as planned; `nil` where nothing changes.
    ///
    /// Every report is about the same manifests, so that the first with a plan has it for all.
    func run() throws(CommandFailure) -> ManifestSet? {
        let plans = reports.map { ($0, $0.fixes(flags.options)) }
        guard let (report, plan) = plans.first(where: { !$0.1.changes.isEmpty }) ?? plans.first else { return nil }
        let changes = plan.changes
        if flags.dryRun {
            for change in changes {
                Console.writeOutput(UnifiedDiff.text(Self.relative(change.file), from: change.before, to: change.after))
            }
        } else {
            let rewrite = FileRewrite(
                changes: changes.map { .init(path: $0.file, before: $0.before, after: $0.after) },
                checksContents: !flags.force
            )
            try CommandFailure.during(.output) { () throws(InputError) in try rewrite.commit() }
        }
        say(plan, report)
        return plan.manifests
    }

    private func say(_ plan: FixPlan, _ report: CheckReport) {
        let done = flags.dryRun ? "would fix" : "fixed"
        for fix in plan.fixes {
            Console.writeError("\(done): \(fix.places.joined(separator: ", ")): \(report.title(of: fix.finding))")
        }
        for command in plan.commands { Console.writeError("run: \(command)") }
        sayRefusals(plan.refusals, report)
        if plan.fixes.isEmpty, plan.refusals.isEmpty { Console.writeError("nothing to fix") }
    }

    /// What is not fixed for one reason in one file together: the reason is said once.
    private func sayRefusals(_ refusals: [FixPlan.Refusal], _ report: CheckReport) {
        for (index, refusal) in refusals.enumerated() {
            Console.writeError("not fixed: \(refusal.file): \(report.title(of: refusal.finding))")
            let next = refusals.indices.contains(index + 1) ? refusals[index + 1] : nil
            guard next?.file != refusal.file || next?.reason != refusal.reason else { continue }
            let (reason, hint) = refusal.words
            Console.writeError("  reason: \(reason)\n  hint: \(hint)")
        }
    }

    /// A path below the current folder without that folder, so that the diff is applied here.
    private static func relative(_ path: String) -> String {
        let folder = Console.currentFolder + "/"
        if path.hasPrefix(folder) { return String(path.dropFirst(folder.count)) }
        return path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    }
}

extension CheckReport {
    fileprivate func title(of finding: Int) -> String {
        let finding = findings[finding]
        return "\(finding.code.rawValue): \(finding.title)"
    }
}

extension FixPlan.Refusal {
    /// Why, and what to do instead.
    fileprivate var words: (reason: String, hint: String) {
        switch reason {
        case .standardInput:
            (
                "\(file == "<stdin>" ? "standard input" : "a pipe") cannot be written back",
                "save it to a file and name that with -r"
            )
        case .helm:
            (
                "Helm wrote this file, and would write it anew",
                "edit the chart's template; --force edits this file all the same"
            )
        case .generated:
            (
                "a program wrote this file, and would write it anew",
                "edit what it is made from; --force edits it all the same"
            )
        case .markers(let command):
            (
                "the file is generated from the markers in the code",
                "--fix-markers edits those; then run `\(command)`. --force edits the file itself"
            )
        case .notGenerated(let command):
            ("the markers in the code grant it already", "run `\(command)`")
        case .manifest:
            ("the file is not generated from markers", "--fix edits it")
        case .readOnly:
            ("the file is read-only", "chmod u+w, or --force")
        case .notEditable(let reason):
            (reason, "make the change by hand")
        }
    }
}
