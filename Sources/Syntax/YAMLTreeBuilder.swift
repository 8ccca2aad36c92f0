/// Builds trees from events without recursion; aliases share what they stand for.
struct YAMLTreeBuilder {
    private let text: SourceText
    private let limits: YAMLLimits
    private(set) var documents: [Node] = []
    private var frames: [Frame] = []
    private var anchors: [String: Anchored] = [:]
    /// Nodes so far, aliases written out.
    private var size = 0
    /// Of these, the ones that only aliases and merge keys brought.
    private var copied = 0
    /// Where the last text or closing bracket ended: a block ends there, and not at libyaml's mark, lines below.
    private var lastEnd = SourceLocation.start

    private struct Anchored {
        var node: Node
        /// Nodes in it, aliases written out.
        var size: Int
        /// Levels below it; 0 for a text.
        var height: Int
    }

    private struct Frame {
        var isMapping: Bool
        var items: [Node] = []
        var entries: [Node.Entry] = []
        var key: Node.Scalar?
        var isFlow: Bool
        var anchor: String?
        var start: SourceLocation
        /// Nodes of the file before this one, so that an anchor knows its own size.
        var sizeBefore: Int
        /// Levels below this one so far.
        var height = 1
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
            var end = event.end
            if style == .literal || style == .folded { end = text.trimmedEnd(of: end, after: event.start) }
            lastEnd = end
            let range = SourceRange(file: text.file, start: event.start, end: end)
            let scalar = Node.Scalar(text: value, style: style, tag: tag, range: range, anchor: anchor)
            if let anchor { anchors[anchor] = Anchored(node: .scalar(scalar), size: 1, height: 0) }
            try place(.scalar(scalar), height: 0, at: event.start)
        case .alias(let name):
            lastEnd = event.end
            try placeAlias(name, at: event.start)
        case .sequenceStart(let isFlow, let anchor):
            try open(isMapping: false, isFlow, anchor, event.start)
        case .mappingStart(let isFlow, let anchor):
            try open(isMapping: true, isFlow, anchor, event.start)
        case .sequenceEnd, .mappingEnd:
            try close(at: event)
        }
    }

    private mutating func placeAlias(_ name: String, at start: SourceLocation) throws(InputError) {
        guard let known = anchors[name] else {
            throw error(start, "nothing is anchored as `&\(name)` above", "define it before this alias")
        }
        guard frames.count + known.height <= limits.depth else { throw limits.tooDeep(text.file, start) }
        try countCopy(known.size, at: start)
        try place(known.node, height: known.height, at: start)
    }

    private mutating func open(
        isMapping: Bool,
        _ isFlow: Bool,
        _ anchor: String?,
        _ start: SourceLocation
    ) throws(InputError) {
        guard frames.count < limits.depth else { throw limits.tooDeep(text.file, start) }
        try count(1, at: start)
        frames.append(
            Frame(isMapping: isMapping, isFlow: isFlow, anchor: anchor, start: start, sizeBefore: size - 1)
        )
    }

    private mutating func close(at event: YAMLEvent) throws(InputError) {
        guard let frame = frames.popLast() else { return }
        if frame.isFlow { lastEnd = event.end }
        let range = SourceRange(file: text.file, start: frame.start, end: max(frame.start, lastEnd))
        let node: Node =
            if frame.isMapping {
                .mapping(
                    .init(entries: try merged(frame), isFlow: frame.isFlow, range: range, anchor: frame.anchor)
                )
            } else {
                .sequence(.init(items: frame.items, isFlow: frame.isFlow, range: range, anchor: frame.anchor))
            }
        if let anchor = frame.anchor {
            anchors[anchor] = Anchored(node: node, size: size - frame.sizeBefore, height: frame.height)
        }
        try place(node, height: frame.height, at: frame.start)
    }

    /// Puts a finished node where it belongs: in the list or mapping that is open, or among the documents.
    private mutating func place(_ node: Node, height: Int, at start: SourceLocation) throws(InputError) {
        guard let last = frames.indices.last else {
            // `null`, written out or not, is what generators leave of a template that came to nothing.
            if !node.isNull { documents.append(node) }
            return
        }
        frames[last].height = max(frames[last].height, height + 1)
        if !frames[last].isMapping {
            frames[last].items.append(node)
        } else if let key = frames[last].key {
            frames[last].entries.append(Node.Entry(key: key, value: node))
            frames[last].key = nil
        } else if case .scalar(let scalar) = node {
            frames[last].key = scalar
        } else if let template = text.template(near: start) {
            // `name: {{ .Values.name }}` is, to YAML, a mapping whose key is a mapping.
            throw YAMLProblem.template(at: template, in: text)
        } else {
            throw error(start, "a list or a mapping stands here as a key", "write a text before the `:`")
        }
    }

    // MARK: - Merge keys

    /// Entries with merge keys (`<<`) resolved as YAML 1.1 has it: own keys win, then earlier merged mappings.
    private mutating func merged(_ frame: Frame) throws(InputError) -> [Node.Entry] {
        if let error = text.duplicateKey(in: frame.entries) { throw error }
        guard frame.entries.contains(where: \.key.isMergeKey) else { return frame.entries }
        var own = frame.entries.filter { !$0.key.isMergeKey }
        var seen = Set(own.map(\.key.text))
        for entry in frame.entries where entry.key.isMergeKey {
            for mapping in try sources(of: entry) {
                try countCopy(mapping.entries.count, at: entry.key.range.start)
                for merged in mapping.entries where seen.insert(merged.key.text).inserted {
                    own.append(Node.Entry(key: merged.key, value: merged.value, isMerged: true))
                }
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

    // MARK: - Limits

    private mutating func count(_ nodes: Int, at place: SourceLocation) throws(InputError) {
        size += nodes
        guard size <= limits.nodes else { throw limits.tooManyNodes(text.file, place) }
    }

    private mutating func countCopy(_ nodes: Int, at place: SourceLocation) throws(InputError) {
        copied += nodes
        guard copied <= limits.copiedNodes else {
            throw error(
                place,
                "with its aliases written out the file has more than \(limits.copiedNodes) nodes",
                "write out the aliases that are needed, and drop the others"
            )
        }
        try count(nodes, at: place)
    }

    private func error(_ place: SourceLocation, _ message: String, _ hint: String) -> InputError {
        InputError(file: text.file, location: place, message: message, hint: hint)
    }
}

extension Node.Scalar {
    /// Whether this key merges other mappings in. Kubernetes: go-yaml's `isMerge`.
    var isMergeKey: Bool { text == "<<" && (style == .plain && tag.isEmpty || tag == "!!merge") }
}

extension SourceText {
    /// The error of the first key that is in a mapping twice, or `nil`; merge keys may be. Linear in the entries.
    func duplicateKey(in entries: [Node.Entry]) -> InputError? {
        guard entries.count > 1 else { return nil }
        var seen: [String: Int] = [:]
        if entries.count <= 12 {
            // Most mappings are small, and comparing their keys costs less than a table of them.
            let pairs = entries.indices.lazy.flatMap { later in entries.indices[..<later].map { ($0, later) } }
            guard
                pairs.contains(where: { first, later in
                    entries[first].key.text == entries[later].key.text && !entries[later].key.isMergeKey
                })
            else { return nil }
        }
        for key in entries.lazy.map(\.key) where !key.isMergeKey {
            if let line = seen.updateValue(key.range.start.line, forKey: key.text) {
                return duplicateKey(key, firstLine: line)
            }
        }
        return nil
    }

    private func duplicateKey(_ key: Node.Scalar, firstLine: Int) -> InputError {
        let place = key.range.start
        let places = firstLine == place.line ? "in this line" : "at line \(firstLine) and at line \(place.line)"
        return InputError(
            file: file,
            location: place,
            message: "the key `\(key.text)` is here twice: \(places)",
            hint: "keep one of them"
        )
    }

    /// The end of a block text without the line breaks behind it.
    func trimmedEnd(of end: SourceLocation, after start: SourceLocation) -> SourceLocation {
        var offset = end.offset
        while offset > start.offset, [0x0A, 0x0D, 0x20].contains(bytes[offset - 1]) { offset -= 1 }
        return offset == end.offset ? end : location(ofOffset: offset)
    }
}
