/// Reads YAML 1.1 (and JSON, which is YAML) into trees that know their places.
package enum YAMLParser {
    /// All documents of a file; empty ones are left out.
    ///
    /// - Throws: `InputError` at the place of what is no YAML, is defined twice, or passes a limit.
    package static func documents(
        _ bytes: [UInt8],
        file: String,
        limits: YAMLLimits = .default
    ) throws(InputError) -> [Node] {
        guard bytes.count <= limits.bytes else {
            throw InputError(
                file: file,
                message: "the file has \(bytes.count >> 20) MiB; at most \(limits.bytes >> 20) MiB are read",
                hint: "split it, or give the part that holds roles and bindings"
            )
        }
        let text = try SourceText(jsonWithoutTabs(bytes), file: file)
        try checkDepthOfBrackets(text, limits)
        let reader = try YAMLEventReader(text)
        var builder = YAMLTreeBuilder(text: text, limits: limits)
        while let event = try reader.next() { try builder.add(event) }
        return builder.documents
    }

    /// JSON may be indented by tabs, YAML may not: in a text that starts as JSON, tabs outside strings become spaces.
    /// Offsets stay.
    private static func jsonWithoutTabs(_ bytes: [UInt8]) -> [UInt8] {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        guard bytes.contains(0x09), let first = bytes.first(where: { !blanks.contains($0) }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        else { return bytes }
        var bytes = bytes
        var isString = false
        var isEscaped = false
        for index in bytes.indices {
            let byte = bytes[index]
            if isString {
                if isEscaped { isEscaped = false } else if byte == UInt8(ascii: "\\") { isEscaped = true }
                else if byte == UInt8(ascii: "\"") { isString = false }
            } else if byte == UInt8(ascii: "\"") {
                isString = true
            } else if byte == 0x09 {
                bytes[index] = 0x20
            }
        }
        return bytes
    }

    /// libyaml takes quadratic time and a stack frame a level on deeply nested brackets before its first event comes,
    /// so plain nesting is refused before it starts. Brackets inside texts can only make this count too high when there
    /// are hundreds of unclosed ones on one line.
    private static func checkDepthOfBrackets(_ text: SourceText, _ limits: YAMLLimits) throws(InputError) {
        var run = 0
        for (index, byte) in text.bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                run += 1
                if run > limits.depth * 4 {
                    throw YAMLTreeBuilder.tooDeep(text.file, text.location(ofOffset: index), limits)
                }
            case UInt8(ascii: "]"), UInt8(ascii: "}"), 0x0A:
                run = 0
            default:
                continue
            }
        }
    }
}

/// Builds trees from events without recursion; aliases share what they stand for.
struct YAMLTreeBuilder {
    private let text: SourceText
    private let limits: YAMLLimits
    private(set) var documents: [Node] = []
    private var frames: [Frame] = []
    private var anchors: [String: (node: Node, size: Int)] = [:]
    private var size = 0
    /// Where the last text or closing bracket ended: a block ends there, and not at libyaml's mark, lines below.
    private var lastEnd = SourceLocation.start

    private struct Frame {
        enum Content {
            case sequence([Node])
            case mapping([Node.Entry], key: Node.Scalar?)
        }
        var content: Content
        var isFlow: Bool
        var anchor: String?
        var start: SourceLocation
        /// Nodes of the file before this one, so that an anchor knows its own size.
        var sizeBefore: Int
    }

    init(text: SourceText, limits: YAMLLimits) {
        self.text = text
        self.limits = limits
    }

    mutating func add(_ event: YAMLEvent) throws(InputError) {
        switch event.kind {
        case .documentStart:
            anchors = [:]
        case .documentEnd:
            break
        case .scalar(let value, let style, let tag, let anchor):
            try count(1, at: event.start)
            lastEnd = event.end
            let range = SourceRange(file: text.file, start: event.start, end: event.end)
            let scalar = Node.Scalar(text: value, style: style, tag: tag, range: range, anchor: anchor)
            if let anchor { anchors[anchor] = (.scalar(scalar), 1) }
            try place(.scalar(scalar), at: event.start)
        case .alias(let name):
            guard let known = anchors[name] else {
                throw error(event.start, "nothing is anchored as `&\(name)` above", "define it before this alias")
            }
            try count(known.size, at: event.start)
            lastEnd = event.end
            try place(known.node, at: event.start)
        case .sequenceStart(let isFlow, let anchor):
            try open(.sequence([]), isFlow, anchor, event.start)
        case .mappingStart(let isFlow, let anchor):
            try open(.mapping([], key: nil), isFlow, anchor, event.start)
        case .sequenceEnd, .mappingEnd:
            try close(at: event)
        }
    }

    private mutating func open(
        _ content: Frame.Content,
        _ isFlow: Bool,
        _ anchor: String?,
        _ start: SourceLocation
    ) throws(InputError) {
        guard frames.count < limits.depth else { throw Self.tooDeep(text.file, start, limits) }
        try count(1, at: start)
        frames.append(Frame(content: content, isFlow: isFlow, anchor: anchor, start: start, sizeBefore: size - 1))
    }

    private mutating func close(at event: YAMLEvent) throws(InputError) {
        guard let frame = frames.popLast() else { return }
        let node: Node
        switch frame.content {
        case .sequence(let items):
            let range = range(of: frame, event)
            node = .sequence(.init(items: items, isFlow: frame.isFlow, range: range, anchor: frame.anchor))
        case .mapping(let entries, _):
            let range = range(of: frame, event)
            node = .mapping(
                .init(
                    entries: try merged(entries),
                    isFlow: frame.isFlow,
                    range: range,
                    anchor: frame.anchor
                )
            )
        }
        if let anchor = frame.anchor { anchors[anchor] = (node, size - frame.sizeBefore) }
        try place(node, at: frame.start)
    }

    private mutating func range(of frame: Frame, _ event: YAMLEvent) -> SourceRange {
        if frame.isFlow { lastEnd = event.end }
        return SourceRange(file: text.file, start: frame.start, end: max(frame.start, lastEnd))
    }

    private mutating func place(_ node: Node, at start: SourceLocation) throws(InputError) {
        guard let last = frames.indices.last else {
            if case .scalar(let scalar) = node, scalar.text.isEmpty, scalar.style == .plain { return }
            documents.append(node)
            return
        }
        switch frames[last].content {
        case .sequence(var items):
            frames[last].content = .sequence([])
            items.append(node)
            frames[last].content = .sequence(items)
        case .mapping(var entries, let key):
            frames[last].content = .mapping([], key: nil)
            if let key {
                entries.append(Node.Entry(key: key, value: node))
                frames[last].content = .mapping(entries, key: nil)
            } else {
                guard case .scalar(let scalar) = node else {
                    throw error(start, "a key of a mapping must be a plain text here", "write the key as text")
                }
                frames[last].content = .mapping(entries, key: scalar)
            }
        }
    }

    /// Entries with merge keys (`<<`) resolved as YAML 1.1 has it: own keys win, then earlier merged mappings.
    private func merged(_ entries: [Node.Entry]) throws(InputError) -> [Node.Entry] {
        var own: [Node.Entry] = []
        var seen: [String: SourceLocation] = [:]
        var merges: [Node.Mapping] = []
        for entry in entries {
            if entry.key.text == "<<", entry.key.style == .plain {
                merges += try sources(of: entry)
                continue
            }
            if let first = seen.updateValue(entry.key.range.start, forKey: entry.key.text) {
                throw error(
                    entry.key.range.start,
                    "the key `\(entry.key.text)` is here twice; the first is at line \(first.line)",
                    "keep one of them"
                )
            }
            own.append(entry)
        }
        for mapping in merges {
            for entry in mapping.entries where seen[entry.key.text] == nil {
                seen[entry.key.text] = entry.key.range.start
                own.append(Node.Entry(key: entry.key, value: entry.value, isMerged: true))
            }
        }
        return own
    }

    private func sources(of entry: Node.Entry) throws(InputError) -> [Node.Mapping] {
        if let mapping = entry.value.mapping { return [mapping] }
        let items = entry.value.sequence?.items ?? []
        let mappings = items.compactMap(\.mapping)
        guard !items.isEmpty, mappings.count == items.count else {
            throw error(entry.key.range.start, "`<<` needs a mapping, or a list of them", "name an anchor: <<: *name")
        }
        return mappings
    }

    private mutating func count(_ nodes: Int, at place: SourceLocation) throws(InputError) {
        let (sum, overflow) = size.addingReportingOverflow(nodes)
        guard !overflow, sum <= limits.nodes else {
            throw error(
                place,
                "with its aliases written out the file has more than \(limits.nodes) nodes",
                "write out the aliases that are needed, and drop the others"
            )
        }
        size = sum
    }

    private func error(_ place: SourceLocation, _ message: String, _ hint: String) -> InputError {
        InputError(file: text.file, location: place, message: message, hint: hint)
    }

    static func tooDeep(_ file: String, _ place: SourceLocation, _ limits: YAMLLimits) -> InputError {
        InputError(
            file: file,
            location: place,
            message: "nested more than \(limits.depth) levels deep",
            hint: "no Kubernetes object nests so deep; is this the right file?"
        )
    }
}
