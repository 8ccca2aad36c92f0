import Syntax

/// Which nodes of a file stand where they are used, and which are used in more places than one.
///
/// An alias resolves to the node of its anchor, range included. It is told by its place: whatever stands in a list or a
/// mapping comes after what came before it, and an alias points back. What an alias or a merge key refers to is shared:
/// a change of it is a change in every place.
struct NodeOwnership {
    private var shared: Set<SourceRange> = []
    private let documents: [Node]

    init(_ documents: [Node]) {
        self.documents = documents
        for document in documents { visit(document) }
    }

    func isShared(_ node: Node) -> Bool { shared.contains(node.range) }

    private mutating func visit(_ node: Node) {
        switch node {
        case .scalar: return
        case .sequence(let sequence):
            for (item, isOwn) in Self.items(of: sequence) {
                if isOwn { visit(item) } else { shared.insert(item.range) }
            }
        case .mapping(let mapping):
            for (entry, isOwn) in Self.entries(of: mapping) {
                if isOwn { visit(entry.value) } else { shared.insert(entry.value.range) }
            }
        }
    }

    /// The items of a list, each with whether it stands there itself.
    static func items(of sequence: Node.Sequence) -> [(item: Node, isOwn: Bool)] {
        var cursor = sequence.range.start.offset
        return sequence.items.map { item in
            let isOwn = item.range.start.offset >= cursor && item.range.end.offset <= sequence.range.end.offset
            if isOwn { cursor = item.range.end.offset }
            return (item, isOwn)
        }
    }

    /// The entries of a mapping, each with whether its value stands there itself.
    static func entries(of mapping: Node.Mapping) -> [(entry: Node.Entry, isOwn: Bool)] {
        mapping.entries.map { entry in
            (entry, !entry.isMerged && entry.value.range.start.offset >= entry.key.range.end.offset)
        }
    }

    // MARK: - Finding

    /// The mapping of a range where it may be changed: it stands there itself, and neither it nor what it stands in is
    /// shared.
    func mapping(at range: SourceRange) -> Node.Mapping? {
        for document in documents {
            if let found = search(document, range) { return found }
        }
        return nil
    }

    private func search(_ node: Node, _ range: SourceRange) -> Node.Mapping? {
        guard !isShared(node), node.range.start <= range.start, range.end <= node.range.end else { return nil }
        if case .mapping(let mapping) = node, mapping.range == range { return mapping }
        let children: [Node] =
            switch node {
            case .scalar: []
            case .sequence(let sequence): Self.items(of: sequence).filter(\.isOwn).map(\.item)
            case .mapping(let mapping): Self.entries(of: mapping).filter(\.isOwn).map(\.entry.value)
            }
        for child in children {
            if let found = search(child, range) { return found }
        }
        return nil
    }

    /// The value of a key that stands in this very mapping; `nil` for an alias, a merged one, and none.
    func ownEntry(_ key: String, of mapping: Node.Mapping) -> Node.Entry? {
        Self.entries(of: mapping).first { $0.entry.key.text == key && $0.isOwn && !isShared($0.entry.value) }?.entry
    }
}
