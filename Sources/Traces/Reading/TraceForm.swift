import Syntax

/// What a trace is written in, told by how it begins.
enum TraceForm {
    /// One JSON object a line, each of which must be a record.
    case records
    /// One thing a line: audit events, whatever they are wrapped in, or the log of a program. What says nothing is passed
    /// over.
    case evidence
    /// JSON values over several lines, or on a very long one.
    case documents(isStrict: Bool)
    case yaml
    /// Nothing but blanks.
    case empty

    /// Whether what is unknown in it is a broken record.
    var isStrict: Bool {
        switch self {
        case .records, .yaml, .empty: true
        case .evidence: false
        case .documents(let isStrict): isStrict
        }
    }

    /// Bytes that are looked at.
    static let headLength = 1 << 18

    /// Looks at the first bytes without consuming any but a byte order mark.
    ///
    /// A first line that is no whole object begins a document, unless it ends where no line of one ends and the second
    /// line begins an object of its own: then the first is a broken line, and is told as such.
    ///
    /// - Throws: `InputError` for bytes that are no text.
    static func detect(_ window: ByteWindow) throws(InputError) -> TraceForm {
        while !window.isAtEnd, window.bytes.count < headLength { try window.fill() }
        if let problem = binaryProblem(window.bytes) {
            throw InputError(file: window.name, location: .start, message: problem.message, hint: problem.hint)
        }
        if window.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { window.consume(3) }
        let head = Head(window.bytes)
        guard let start = head.bytes.firstIndex(where: { !isBlank($0) }) else {
            return window.isAtEnd ? .empty : .documents(isStrict: true)
        }
        switch head.bytes[start] {
        case UInt8(ascii: "{") where head.isJSON(after: start): return json(head, from: start, isWhole: window.isAtEnd)
        case UInt8(ascii: "[") where head.isJSONList(after: start): return .documents(isStrict: !head.isForeign)
        default: return head.isYAML && !head.tellsOfRefusals ? .yaml : .evidence
        }
    }

    private static func json(_ head: Head, from start: Int, isWhole: Bool) -> TraceForm {
        let bytes = head.bytes
        let end = firstIndex(of: 0x0A, in: bytes, from: start) ?? bytes.count
        let isLine = closes(bytes[start..<end]) || end == bytes.count && isWhole
        let last = bytes[start..<end].last { !isBlank($0) }
        let isContinued = [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ",")].contains(last)
        if isLine || !isContinued && bytes[end...].dropFirst().first == UInt8(ascii: "{") {
            return head.holdsRecords(UnsafeBufferPointer(rebasing: bytes[start..<end])) ? .records : .evidence
        }
        return .documents(isStrict: !head.isForeign)
    }

    private static func binaryProblem(_ bytes: UnsafeBufferPointer<UInt8>) -> (message: String, hint: String)? {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return ("the file is UTF-16", "save it as UTF-8")
        }
        // A file that was cut by a crash may end in NUL bytes; none begins with them.
        if bytes.prefix(512).contains(0) { return ("the file is binary", RecordKind.forms) }
        return nil
    }

    fileprivate static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// Whether all brackets and quotes of a line are closed in it.
    private static func closes(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var depth = 0
        var isText = false
        var isEscaped = false
        for byte in line {
            if isEscaped {
                isEscaped = false
            } else if isText, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isText.toggle()
            } else if !isText {
                switch byte {
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                default: break
                }
            }
        }
        return depth <= 0 && !isText
    }
}

extension TraceReader {
    /// Whether a file whose first bytes these are holds calls, rather than Kubernetes objects or anything else.
    package static func holdsCalls(head bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            if CompressionFormat(magic: bytes) != nil { return true }
            let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
            let bytes = UnsafeBufferPointer(rebasing: bytes.dropFirst(hasMark ? 3 : 0))
            let head = Head(bytes)
            if head.contains("swiftop.dev/") || head.contains("audit.k8s.io/") { return true }
            guard let start = bytes.firstIndex(where: { !TraceForm.isBlank($0) }) else { return false }
            if bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[") {
                return head.isCloudLog || head.hasRecord(from: start)
            }
            return !head.isYAML && head.contains("://")
        }
    }
}

/// The first bytes of a file, and what they tell.
private struct Head {
    let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = UnsafeBufferPointer(rebasing: bytes.prefix(TraceForm.headLength))
    }

    /// After the brace: a key in quotes, or nothing. YAML's flow mappings may have more.
    func isJSON(after start: Int) -> Bool {
        guard let next = next(after: start) else { return true }
        return next == UInt8(ascii: "\"") || next == UInt8(ascii: "}")
    }

    func isJSONList(after start: Int) -> Bool {
        guard let next = next(after: start) else { return true }
        return next == UInt8(ascii: "{") || next == UInt8(ascii: "[") || next == UInt8(ascii: "]")
    }

    private func next(after start: Int) -> UInt8? { bytes[(start + 1)...].first { !TraceForm.isBlank($0) } }

    /// Whether the first line is a record, so that each line must be one.
    func holdsRecords(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        if contains("audit.k8s.io/") { return contains("swiftop.dev/") }
        var record = RawRecord()
        do throws(JSONError) { try record.read(line) } catch { return !isForeign }
        if record[.apiVersion] != nil { return record[.kind]?.equals("Status") != true && !tellsOfRefusals }
        return record.isOurs && !contains("\"msg\"")
    }

    /// Whether somebody else's words are in it: audit events, what wraps them, HTTP archives, answers of API servers.
    var isForeign: Bool {
        contains("audit.k8s.io/") || contains("\"Status\"") || Self.foreignKeys.contains(where: hasKey)
            || hasKey("apiVersion") && tellsOfRefusals
    }

    /// Whether the words of a refusal stand in what is no trace: in the message of an event, in the condition of an object.
    var tellsOfRefusals: Bool {
        !contains("swiftop.dev/") && !contains("requirements") && NoticeAnchor.triggers.first(in: bytes, from: 0) != nil
    }

    private static let foreignKeys = [
        "protoPayload", "logEvents", "log", "log_s", "@message", "records", "events", "results", "RequestUri", "msg",
        "@timestamp",
    ]

    /// Whether it is one of the wrappers around audit events, or an HTTP archive.
    var isCloudLog: Bool {
        ["protoPayload", "logEvents", "log_s", "@message", "RequestUri"].contains(where: hasKey)
            || hasKey("log") && hasKey("entries")
    }

    /// Whether the first line has the words of a record.
    func hasRecord(from start: Int) -> Bool {
        let end = firstIndex(of: 0x0A, in: bytes, from: start) ?? bytes.count
        let line = Head(UnsafeBufferPointer(rebasing: bytes[start..<end]))
        return line.contains("\"verb\"") || line.contains("\"method\"")
    }

    private func hasKey(_ key: String) -> Bool {
        var start = 0
        while let found = firstRange(of: "\"\(key)\"", in: bytes, from: start) {
            if next(after: found.upperBound - 1) == UInt8(ascii: ":") { return true }
            start = found.upperBound
        }
        return false
    }

    /// Whether the first line that is no comment begins as that of a manifest or of a trace in YAML.
    var isYAML: Bool {
        for line in bytes.split(separator: 0x0A) {
            let text = line.drop(while: TraceForm.isBlank)
            guard let first = text.first else { continue }
            if first == UInt8(ascii: "#") { continue }
            return first == UInt8(ascii: "{") || first == UInt8(ascii: "%")
                || Self.yamlStarts.contains { text.starts(with: $0.utf8) }
        }
        return false
    }

    private static let yamlStarts = [
        "---", "- ", "apiVersion:", "kind:", "metadata:", "requirements:", "rules:", "items:",
    ]

    func contains(_ text: String) -> Bool { firstRange(of: text, in: bytes) != nil }
}
