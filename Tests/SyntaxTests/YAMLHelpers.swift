import Syntax

/// The documents of a text.
func parse(_ text: String) throws(InputError) -> [Node] {
    try YAMLParser.documents(Array(text.utf8), file: "f.yaml")
}

/// The error that a text gives, or `nil` where it is read.
func parseError(_ bytes: [UInt8], file: String = "f.yaml") -> InputError? {
    do throws(InputError) {
        _ = try YAMLParser.documents(bytes, file: file)
        return nil
    } catch { return error }
}

func parseError(_ text: String, file: String = "f.yaml") -> InputError? { parseError(Array(text.utf8), file: file) }

/// The text that a node's range covers.
func covered(_ node: Node, in text: String) -> String {
    let bytes = Array(text.utf8)
    return String(decoding: bytes[node.range.start.offset..<node.range.end.offset], as: UTF8.self)
}

/// Every node of a tree with its parent; keys come as scalars.
func walk(_ node: Node, parent: Node? = nil, _ visit: (Node, Node?) -> Void) {
    visit(node, parent)
    switch node {
    case .scalar: break
    case .sequence(let sequence): for item in sequence.items { walk(item, parent: node, visit) }
    case .mapping(let mapping):
        for entry in mapping.entries {
            visit(.scalar(entry.key), node)
            walk(entry.value, parent: node, visit)
        }
    }
}

/// `LINE:COLUMN`, as messages show a place.
func place(_ location: SourceLocation?) -> String {
    location.map { "\($0.line):\($0.column)" } ?? "nowhere"
}
