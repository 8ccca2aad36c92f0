/// Reads JSON into the same trees as YAML.
///
/// YAML takes most JSON, but not all: tabs between values, surrogate pairs in escapes, keys above 1,024 bytes. And what
/// `kubectl get -o json` prints is long, and read several times faster so.
struct JSONTree {
    private let text: SourceText
    private let limits: YAMLLimits
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position: Int
    private var line = 0
    private var documents: [Node] = []
    private var frames: [Frame] = []
    private var size = 0

    private struct Frame {
        var start: SourceLocation
        var isMapping: Bool
        var items: [Node] = []
        var entries: [Node.Entry] = []
        var key: Node.Scalar?
    }

    private enum Failure: Error {
        case syntax(JSONError)
        case input(InputError)
    }

    enum Outcome {
        /// The text does not start as JSON does.
        case otherText
        case documents([Node])
        /// It starts as JSON, and here it is none.
        case failure(InputError)
    }

    /// - Throws: `InputError` where the text is JSON so far and passes a limit or names a key twice.
    static func read(_ text: SourceText, limits: YAMLLimits) throws(InputError) -> Outcome {
        let start = text.bytes.dropFirst(text.markLength).first { !isBlank($0) }
        guard start == UInt8(ascii: "{") || start == UInt8(ascii: "[") else { return .otherText }
        do throws(Failure) {
            return .documents(
                try text.bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
                    var tree = JSONTree(text: text, limits: limits, bytes: bytes, position: text.markLength)
                    try tree.readAll()
                    return tree.documents
                }
            )
        } catch {
            switch error {
            case .input(let error): throw error
            case .syntax(let error):
                return .failure(
                    InputError(
                        file: text.file,
                        location: text.location(ofOffset: error.offset),
                        message: "not valid JSON: \(error.message)",
                        hint: "look at this line and at the ones just above; is the file complete?"
                    )
                )
            }
        }
    }

    private init(text: SourceText, limits: YAMLLimits, bytes: UnsafeBufferPointer<UInt8>, position: Int) {
        self.text = text
        self.limits = limits
        self.bytes = bytes
        self.position = position
    }

    private mutating func readAll() throws(Failure) {
        while skipBlanks() != nil { try readDocument() }
    }

    private mutating func readDocument() throws(Failure) {
        repeat {
            guard let byte = skipBlanks() else { throw failure("a value is missing here") }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                try open(isMapping: byte == UInt8(ascii: "{"))
            default:
                try place(.scalar(try leaf()))
            }
        } while !frames.isEmpty
    }

    private mutating func open(isMapping: Bool) throws(Failure) {
        let start = location()
        guard frames.count < limits.depth else { throw .input(limits.tooDeep(text.file, start)) }
        try count(at: start)
        frames.append(Frame(start: start, isMapping: isMapping))
        position += 1
        if try isClosed() { return try close() }
        if isMapping { try readKey() }
    }

    /// Puts a value where it belongs, and goes on to the next one, closing what ends here.
    private mutating func place(_ node: Node) throws(Failure) {
        var node = node
        while let last = frames.indices.last {
            if let key = frames[last].key {
                frames[last].entries.append(Node.Entry(key: key, value: node))
                frames[last].key = nil
            } else {
                frames[last].items.append(node)
            }
            if skipBlanks() == UInt8(ascii: ",") {
                position += 1
                if frames[last].isMapping { try readKey() }
                return
            }
            guard try isClosed() else {
                let bracket = frames[last].isMapping ? "}" : "]"
                throw failure(
                    "`,` or `\(bracket)` is missing here; the \(frames[last].isMapping ? "object" : "list") starts at line "
                        + "\(frames[last].start.line)"
                )
            }
            node = try finished(frames.removeLast())
        }
        documents.append(node)
    }

    private mutating func close() throws(Failure) { try place(try finished(frames.removeLast())) }

    /// Whether the innermost bracket closes here; stays before the bracket.
    private mutating func isClosed() throws(Failure) -> Bool {
        let closing = frames.last?.isMapping == true ? UInt8(ascii: "}") : UInt8(ascii: "]")
        return skipBlanks() == closing
    }

    private mutating func finished(_ frame: Frame) throws(Failure) -> Node {
        position += 1
        let range = SourceRange(file: text.file, start: frame.start, end: location())
        guard frame.isMapping else { return .sequence(.init(items: frame.items, isFlow: true, range: range)) }
        if let error = text.duplicateKey(in: frame.entries) { throw .input(error) }
        return .mapping(.init(entries: frame.entries, isFlow: true, range: range))
    }

    private mutating func readKey() throws(Failure) {
        guard skipBlanks() == UInt8(ascii: "\"") else { throw failure("a key in double quotes must stand here") }
        let key = try leaf()
        guard let last = frames.indices.last, skipBlanks() == UInt8(ascii: ":") else {
            throw failure("`:` is missing here")
        }
        position += 1
        frames[last].key = key
    }

    /// A text, a number, `true`, `false` or `null`.
    private mutating func leaf() throws(Failure) -> Node.Scalar {
        let start = location()
        try count(at: start)
        let isText = bytes[position] == UInt8(ascii: "\"")
        var scanner = JSONScanner(UnsafeBufferPointer(rebasing: bytes[position...]))
        let value: String
        do throws(JSONError) {
            if isText {
                value = try scanner.string()
                position += scanner.position
            } else {
                try scanner.skip()
                value = String(decoding: bytes[position..<position + scanner.position], as: UTF8.self)
                position += scanner.position
            }
        } catch {
            throw .syntax(JSONError(offset: position + error.offset, message: error.message))
        }
        let range = SourceRange(file: text.file, start: start, end: location())
        return Node.Scalar(text: value, style: isText ? .doubleQuoted : .plain, range: range)
    }

    // MARK: - Small parts

    private mutating func location() -> SourceLocation { text.location(ofOffset: position, near: &line) }

    /// Passes over blanks; the byte behind them, or `nil` at the end.
    private mutating func skipBlanks() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            guard Self.isBlank(byte) else { return byte }
            position += 1
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private mutating func count(at place: SourceLocation) throws(Failure) {
        size += 1
        guard size <= limits.nodes else { throw .input(limits.tooManyNodes(text.file, place)) }
    }

    /// Where the text is at its end, that says more than what is missing there.
    private func failure(_ message: String) -> Failure {
        let message = position < bytes.count ? message : "the text ends in the middle; \(message)"
        return .syntax(JSONError(offset: position, message: message))
    }
}
