/// A node of a YAML or JSON document that knows where it stands.
package indirect enum Node: Sendable {
    case scalar(Scalar)
    case sequence(Sequence)
    case mapping(Mapping)

    /// A scalar with its text as the reader sees it, escapes and folding undone.
    package struct Scalar: Sendable {
        package enum Style: Sendable { case plain, singleQuoted, doubleQuoted, literal, folded }
        package var text: String
        package var style: Style
        /// An explicit tag (`!!str`, `!vault`), or empty.
        package var tag: String
        package var range: SourceRange
        package var anchor: String?

        package init(text: String, style: Style = .plain, tag: String = "", range: SourceRange, anchor: String? = nil) {
            self.text = text
            self.style = style
            self.tag = tag
            self.range = range
            self.anchor = anchor
        }
    }

    package struct Sequence: Sendable {
        package var items: [Node]
        /// `[a, b]` rather than a list of dashes.
        package var isFlow: Bool
        package var range: SourceRange
        package var anchor: String?

        package init(items: [Node], isFlow: Bool, range: SourceRange, anchor: String? = nil) {
            self.items = items
            self.isFlow = isFlow
            self.range = range
            self.anchor = anchor
        }
    }

    package struct Entry: Sendable {
        package var key: Scalar
        package var value: Node
        /// Whether a merge key (`<<`) brought this entry here from another mapping.
        package var isMerged: Bool

        package init(key: Scalar, value: Node, isMerged: Bool = false) {
            self.key = key
            self.value = value
            self.isMerged = isMerged
        }
    }

    package struct Mapping: Sendable {
        /// In the order of the file, merge keys resolved.
        package var entries: [Entry]
        /// `{a: b}` rather than lines.
        package var isFlow: Bool
        package var range: SourceRange
        package var anchor: String?

        package init(entries: [Entry], isFlow: Bool, range: SourceRange, anchor: String? = nil) {
            self.entries = entries
            self.isFlow = isFlow
            self.range = range
            self.anchor = anchor
        }

        /// The value of a key; linear in the number of entries, which is small in the objects read here.
        package subscript(_ key: String) -> Node? {
            entries.first { $0.key.text == key }?.value
        }
    }

    /// Where the node's own text stands. An alias resolves to the node of its anchor, range included.
    package var range: SourceRange {
        switch self {
        case .scalar(let scalar): scalar.range
        case .sequence(let sequence): sequence.range
        case .mapping(let mapping): mapping.range
        }
    }

    /// The name that aliases may refer to it by.
    package var anchor: String? {
        switch self {
        case .scalar(let scalar): scalar.anchor
        case .sequence(let sequence): sequence.anchor
        case .mapping(let mapping): mapping.anchor
        }
    }

    package var mapping: Mapping? { if case .mapping(let mapping) = self { mapping } else { nil } }
    package var sequence: Sequence? { if case .sequence(let sequence) = self { sequence } else { nil } }
    package var scalar: Scalar? { if case .scalar(let scalar) = self { scalar } else { nil } }
}
