internal import RBAC
package import Syntax

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Reads a trace of any form that is known, told by its content: JSON Lines in both spellings, audit events (a line
/// each, or a list), a `PermissionTrace` in YAML or JSON.
///
/// Streams: memory grows with the number of distinct requirements, and not with the file.
package struct TraceReader {
    /// The longest line that is read; a call is described in a few hundred bytes, an audit event in some more.
    private static let maximumLine = 16 << 20
    /// The largest document that is read whole (YAML, or JSON over several lines).
    private static let maximumDocument = 64 << 20

    private let name: String
    private var trace = Trace()
    private var line = 0
    private var auditCounts: [Requirement.Key: (started: Int, completed: Int)] = [:]
    private var skipped: [String: (count: Int, first: Int)] = [:]

    /// Reads a file, or standard input as `-`.
    ///
    /// - Throws: `InputError` for what is missing, empty, of an unknown version or broken; a last line that was cut
    ///   short is skipped with a warning.
    package static func read(_ path: String) throws(InputError) -> Trace {
        guard path != "-" else { return try read(descriptor: STDIN_FILENO, name: "<stdin>") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let isMissing = errno == ENOENT || errno == ENOTDIR
            throw InputError(
                file: path,
                message: isMissing ? "no such file" : "cannot be read: \(String(cString: strerror(errno)))",
                hint: isMissing ? "record one, or name another with -t" : "give yourself the right to read it"
            )
        }
        defer { close(descriptor) }
        var information = stat()
        if fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFDIR {
            throw InputError(file: path, message: "this is a folder, and a trace is a file", hint: "name a file in it")
        }
        return try read(descriptor: descriptor, name: path)
    }

    /// Reads an open file to its end.
    package static func read(descriptor: Int32, name: String) throws(InputError) -> Trace {
        var reader = TraceReader(name: name)
        var lines = LineReader(descriptor: descriptor, name: name, maximumLine: maximumLine)
        guard let first = try lines.firstMeaningful() else {
            throw InputError(
                file: name,
                message: "the trace is empty",
                hint: "a recording that saw no call holds its header; was the recorder stopped before it started?"
            )
        }
        if reader.isRecord(first) {
            try reader.readLines(&lines)
        } else if first.first == UInt8(ascii: "{"), try lines.headContains("\"items\"", or: "EventList") {
            try reader.readItems(&lines)
        } else {
            try reader.readDocument(lines.rest(limit: maximumDocument))
        }
        return reader.finished()
    }

    private init(name: String) { self.name = name }

    /// Whether a line is a whole JSON object of its own, as in JSON Lines. A broken one that opens and closes counts
    /// too, so that its error names its line.
    private func isRecord(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.first == UInt8(ascii: "{") else { return false }
        if let record = try? Self.record(line) { return record.kind != "PermissionTrace" || !line.contains(UInt8(ascii: "[")) }
        return line.last == UInt8(ascii: "}") || line.contains { $0 == UInt8(ascii: ":") }
    }

    // MARK: - JSON Lines

    private mutating func readLines(_ lines: inout LineReader) throws(InputError) {
        while let next = try lines.next() {
            line = next.number
            let text = next.bytes
            if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do throws(JSONError) {
                let record = try Self.record(text)
                if firstInvalidUTF8(in: text) != nil { throw JSONError(offset: 0, message: "the line is not UTF-8") }
                try takeLine(record)
            } catch {
                if !next.isTerminated, trace.records > 0 || line > 1 {
                    trace.warnings.append("\(name):\(line): the last line is cut short and was skipped")
                    return
                }
                let column = min(error.offset, text.count)
                throw InputError(
                    file: name,
                    location: SourceLocation(line: line, column: column + 1, offset: next.offset + column),
                    message: error.message,
                    hint: "each line of a trace is one JSON object; take this line out, or record again"
                )
            }
        }
    }

    private static func record(_ line: ArraySlice<UInt8>) throws(JSONError) -> TraceRecord {
        var result: Result<TraceRecord, JSONError> = .failure(JSONError(offset: 0, message: "the line is empty"))
        line.withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            do throws(JSONError) {
                let record = try TraceRecord.read(&scanner)
                try scanner.end()
                result = .success(record)
            } catch { result = .failure(error) }
        }
        return try result.get()
    }

    private mutating func takeLine(_ record: TraceRecord) throws(JSONError) {
        if record.items.isEmpty || !(record.kind ?? "").hasSuffix("List") { return try take(record) }
        for item in record.items { try take(item) }
    }

    // MARK: - One document

    /// An `EventList` over many lines: its items are taken one by one, and nothing else of it is kept.
    private mutating func readItems(_ lines: inout LineReader) throws(InputError) {
        var splitter = JSONItemSplitter(maximumItem: Self.maximumLine)
        while let next = try lines.next() {
            line = next.number
            do throws(JSONError) {
                for item in try splitter.feed(next.bytes) { try take(Self.record(item[...])) }
            } catch {
                throw InputError(
                    file: name,
                    location: SourceLocation(line: line, column: 1, offset: next.offset),
                    message: "an event that ends here cannot be read: \(error.message)",
                    hint: "is the file whole? write it again"
                )
            }
        }
        guard splitter.isComplete else {
            throw InputError(
                file: name,
                location: SourceLocation(line: line, column: 1, offset: 0),
                message: "the list of events ends in the middle",
                hint: "is the file whole? write it again"
            )
        }
    }

    /// A hand-written trace, or what `trace show -o json` prints.
    private mutating func readDocument(_ bytes: [UInt8]) throws(InputError) {
        for document in try YAMLParser.documents(bytes, file: name) {
            let list = try RequirementDocument.read(document)
            guard list.kind == "PermissionTrace" else {
                throw document.error("this is a profile, not a trace", hint: "name it with -p")
            }
            for requirement in try list.requirements(asOrigin: name) { insert(requirement) }
            trace.records += 1
        }
        guard trace.records > 0 else {
            throw InputError(file: name, message: "the trace is empty", hint: "write requirements, or record a trace")
        }
    }

    // MARK: - Records

    private mutating func take(_ record: TraceRecord) throws(JSONError) {
        if record.kind == "PermissionTrace" {
            guard record.apiVersion == "swiftop.dev/v1" else {
                throw JSONError(offset: 0, message: "`apiVersion` is `\(record.apiVersion ?? "")`; only swiftop.dev/v1 is known")
            }
            return
        }
        if let version = record.apiVersion, version.hasPrefix("audit.k8s.io/") {
            trace.records += 1
            return takeAudit(record)
        }
        if let version = record.apiVersion, version != "swiftop.dev/v1" {
            throw JSONError(offset: 0, message: "`apiVersion` is `\(version)`; a trace is swiftop.dev/v1 or audit.k8s.io/v1")
        }
        trace.records += 1
        let info = try resolved(record)
        var requirement = Requirement(
            key: Requirement.Key(
                attributes: info.attributes,
                hasManyNames: record.hasManyNames,
                hasManyNamespaces: record.hasManyNamespaces,
                user: record.user
            ),
            level: record.level.flatMap(Requirement.Level.init) ?? .required,
            implied: record.implied,
            origins: ["\(name):\(line)"],
            count: max(0, record.count ?? (record.implied == nil ? 1 : 0)),
            statuses: record.statuses,
            first: record.first,
            last: record.last,
            isCached: record.isCached,
            isDryRun: record.isDryRun || info.isDryRun,
            codeLocation: record.source,
            message: record.message
        )
        if let status = record.status { requirement.statuses[status, default: 0] += max(1, record.count ?? 1) }
        if let agent = record.userAgent { requirement.userAgents = [agent] }
        insert(requirement, isInformer: info.isInformer)
    }

    private func resolved(_ record: TraceRecord) throws(JSONError) -> ResolvedRequest {
        if let method = record.method, let path = record.path {
            do throws(RequestError) {
                return try RequestInfo.resolve(method: method, url: path)
            } catch { throw JSONError(offset: 0, message: error.message) }
        }
        var attributes: RequestAttributes
        if let url = record.nonResourceURL {
            attributes = RequestAttributes(verb: record.verb ?? "", nonResourceURL: url)
        } else if let resource = record.resource, !resource.isEmpty {
            attributes = RequestAttributes(
                verb: record.verb ?? "",
                group: record.group,
                version: record.version,
                resource: resource,
                subresource: record.subresource,
                namespace: record.namespace,
                name: record.name
            )
        } else {
            throw JSONError(offset: 0, message: "the record names neither `resource` nor `nonResourceURL` nor `method` and `path`")
        }
        guard record.verb != nil else { throw JSONError(offset: 0, message: "the record has no `verb`") }
        attributes.verb = record.verb ?? ""
        return ResolvedRequest(attributes: attributes)
    }

    private mutating func takeAudit(_ record: TraceRecord) {
        let audit = record.audit
        // Nothing is decided yet at that stage, and impersonation has not happened.
        if audit.stage == "RequestReceived" { return }
        if audit.code == 401 { return skip("were refused as unauthenticated") }
        if audit.code == 403, audit.decision == nil, audit.impersonatedUser == nil {
            return skip("were refused before authorization (impersonation), so say nothing about this call")
        }
        guard let info = audit.attributes(verb: record.verb ?? "") else { return skip("name no resource and no path") }
        let key = Requirement.Key(attributes: info.attributes, user: audit.impersonatedUser ?? audit.user)
        // A stream is logged when it starts and when it ends, and either line may be missing: the larger number counts.
        let isStart = audit.stage == "ResponseStarted"
        auditCounts[key, default: (0, 0)].started += isStart ? 1 : 0
        auditCounts[key, default: (0, 0)].completed += isStart ? 0 : 1
        var requirement = Requirement(
            key: key,
            origins: ["\(name):\(line)"],
            count: 0,
            first: audit.timestamp,
            last: audit.timestamp,
            isDryRun: info.isDryRun,
            message: audit.decision == "forbid" ? audit.message : nil
        )
        if let code = audit.code { requirement.statuses = [code: 1] }
        if let agent = record.userAgent { requirement.userAgents = [agent] }
        insert(requirement, isInformer: info.isInformer)
    }

    private mutating func skip(_ reason: String) {
        skipped[reason, default: (0, line)].count += 1
    }

    /// Adds a requirement, and the other verb of the pair that an informer needs.
    private mutating func insert(_ requirement: Requirement, isInformer: Bool = false) {
        trace.requirements.insert(requirement)
        guard isInformer || requirement.implied == "informer" && requirement.count > 0 else { return }
        var pair = requirement
        pair.key.attributes.verb = requirement.attributes.verb == "list" ? "watch" : "list"
        (pair.implied, pair.count, pair.statuses, pair.message) = ("informer", 0, [:], nil)
        trace.requirements.insert(pair)
    }

    private consuming func finished() -> Trace {
        for (key, counts) in auditCounts {
            var requirement = Requirement(key: key)
            requirement.count = max(counts.started, counts.completed)
            trace.requirements.insert(requirement)
        }
        for (reason, skip) in skipped.sorted(by: { $0.key < $1.key }) {
            trace.warnings.append("\(skip.count) events \(reason); first at \(name):\(skip.first)")
        }
        return trace
    }
}
