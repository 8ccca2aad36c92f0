import RBAC
package import Syntax

extension LogScanner {
    /// Reads a file, or standard input as `-`.
    ///
    /// - Throws: `InputError` for what is missing, empty or no text.
    package mutating func scan(path: String) throws(InputError) {
        let file = try InputFile(path, hint: "name the log with -f, or pipe it in")
        try scan(descriptor: file.descriptor, name: file.name)
    }

    /// Takes the calls of a trace that the API server refused.
    package mutating func scan(_ trace: Trace) {
        for requirement in trace.requirements.requirements {
            let refused = (requirement.statuses[403] ?? 0) + (requirement.statuses[401] ?? 0)
            guard refused > 0, requirement.implied == nil else { continue }
            add(requirement, count: refused)
        }
    }

    private mutating func add(_ requirement: Requirement, count: Int) {
        let place = requirement.origins.first.flatMap(Place.init) ?? Place(file: "", line: 1)
        let message = requirement.message ?? ""
        let told = Notice(message: message, lookup: lookup)
        var request = requirement.attributes
        request.version = ""
        let kind: Notice.Kind = requirement.statuses[403] == nil ? .unauthenticated : .authorization
        let notice = told ?? Notice(kind, request: request, user: requirement.key.user ?? "")
        let line = NoticeLog.Line(number: place.line, name: place.file) { message }
        log.add(notice, message, count: count, on: line)
    }

    /// `rbac-trace.jsonl:12`
    private struct Place {
        var file: String
        var line: Int

        init(file: String, line: Int) {
            self.file = file
            self.line = line
        }

        init?(_ origin: String) {
            guard let colon = origin.lastIndex(of: ":"), let line = Int(origin[origin.index(after: colon)...]) else {
                return nil
            }
            self.init(file: String(origin[..<colon]), line: line)
        }
    }
}

extension Notice {
    /// What a message of the API server says was refused; `nil` where it tells of no refusal.
    package init?(message: String, lookup: ResourceLookup) {
        guard let located = NoticeText(Array(message.utf8), lookup: lookup).notices().first else { return nil }
        self = located.notice
    }
}
