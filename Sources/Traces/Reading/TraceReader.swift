package import Syntax

/// Reads a trace of any form that is known, told by its content: JSON Lines in both spellings; audit events (a line each,
/// indented, in an `EventList`, or in what a cloud wraps them in); a `PermissionTrace` in YAML or JSON; logs of clients; HTTP
/// archives. Each may be compressed by gzip or zstd.
///
/// Streams: memory grows with the number of distinct requirements, and not with the file.
package enum TraceReader {
    /// The longest line, and the longest element of a list. A call is described in a few hundred bytes, an audit event with
    /// the bodies of its request and response in a few megabytes at most.
    package static let maximumLine = 16 << 20
    /// The largest YAML document; what is longer is written by machines, as JSON Lines.
    package static let maximumDocument = 8 << 20

    /// Reads a file, or standard input as `-`.
    ///
    /// - Parameter lookup: which resources there are, for refusals in texts that do not say all.
    /// - Throws: `InputError` for what is missing, empty, of an unknown version or broken; a last line that was cut
    ///   short is skipped with a warning.
    package static func read(
        _ path: String,
        filter: TraceFilter = TraceFilter(),
        lookup: ResourceLookup = ResourceLookup()
    ) throws(InputError) -> Trace {
        let file = try InputFile(path, hint: "record one, or name another with -t")
        return try read(descriptor: file.descriptor, name: file.name, filter: filter, lookup: lookup)
    }

    /// Reads an open file to its end.
    ///
    /// - Parameter name: the file in errors and origins.
    package static func read(
        descriptor: Int32,
        name: String,
        filter: TraceFilter = TraceFilter(),
        lookup: ResourceLookup = ResourceLookup()
    ) throws(InputError) -> Trace {
        let window = ByteWindow(descriptor: descriptor, name: name)
        let form = try TraceForm.detect(window)
        var collector = RecordCollector(name: name, filter: filter, lookup: lookup, isStrict: form.isStrict)
        switch form {
        case .records, .evidence:
            var lines = JSONLines(window: window, limit: maximumLine)
            try lines.read(into: &collector)
        case .documents:
            var documents = JSONDocuments(window: window, limit: maximumLine)
            try documents.read(into: &collector)
        case .yaml:
            try readYAML(window, into: &collector)
        case .empty:
            break
        }
        for warning in window.warnings { collector.warn(warning) }
        collector.finishLog()
        guard collector.hasContent else { throw nothingFound(name, form, collector) }
        return collector.finish()
    }

    private static func nothingFound(_ name: String, _ form: TraceForm, _ collector: RecordCollector) -> InputError {
        if case .empty = form {
            return InputError(
                file: name,
                message: "the trace is empty",
                hint: "a recording that saw no call holds its header; was the recorder stopped before it started?"
            )
        }
        let skipped = collector.skipSentences.map { "; " + $0 }.joined()
        let what = collector.has(.noScope) ? "no call and no whole refusal" : "no call and no refusal"
        return InputError(file: name, message: "\(what) is in it" + skipped, hint: RecordKind.forms)
    }

    private static func readYAML(_ window: ByteWindow, into collector: inout RecordCollector) throws(InputError) {
        while !window.isAtEnd {
            guard window.bytes.count <= maximumDocument else {
                throw InputError(
                    file: window.name,
                    message: "this is no JSON, and more than \(maximumDocument >> 20) MiB of YAML are not read",
                    hint: RecordKind.forms
                )
            }
            try window.fill()
        }
        for node in try YAMLParser.documents(Array(window.bytes), file: window.name) {
            if let message = node.statusMessage {
                guard collector.refusals.read(message, line: node.range.start.line) else {
                    throw node.error("this `Status` tells of no missing permission", hint: RecordKind.forms)
                }
                continue
            }
            let document = try RequirementDocument(node)
            guard document.kind == .trace else {
                throw node.error("this is a profile, not a trace", hint: "name it with -p")
            }
            try collector.take(document.requirements())
        }
    }
}

extension Node {
    /// The message, where this is an API server's answer. Kubernetes: `meta/v1.Status`.
    fileprivate var statusMessage: String? {
        guard let fields = mapping, fields["kind"]?.scalar?.text == "Status" else { return nil }
        return fields["message"]?.scalar?.text ?? ""
    }
}
