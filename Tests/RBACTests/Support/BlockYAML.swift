import Foundation

/// Reads the plain block YAML of Kubernetes' own bootstrap files (no flow collections, no anchors, no folded text) into the
/// objects that JSON decoding takes. `RBAC` reads no YAML, and its tests shall not lean on the layer that does.
struct BlockYAML {
    private struct Line {
        var indent: Int
        var text: String
    }

    private var lines: [Line]
    private var position = 0

    static func object(_ text: String) -> Any {
        var reader = BlockYAML(
            lines: text.split(separator: "\n").map { line in
                Line(indent: line.prefix { $0 == " " }.count, text: String(line.drop { $0 == " " }))
            }
        )
        return reader.node()
    }

    private mutating func node() -> Any {
        guard position < lines.count else { return NSNull() }
        return lines[position].text.hasPrefix("- ") ? list(lines[position].indent) : map(lines[position].indent)
    }

    private mutating func list(_ indent: Int) -> [Any] {
        var result: [Any] = []
        while position < lines.count, lines[position].indent == indent, lines[position].text.hasPrefix("- ") {
            let item = String(lines[position].text.dropFirst(2))
            if item.hasPrefix("'") || item.hasPrefix("\"") || !isKey(item) {
                result.append(scalar(item))
                position += 1
            } else {
                lines[position] = Line(indent: indent + 2, text: item)
                result.append(map(indent + 2))
            }
        }
        return result
    }

    private mutating func map(_ indent: Int) -> [String: Any] {
        var result: [String: Any] = [:]
        while position < lines.count, lines[position].indent == indent, !lines[position].text.hasPrefix("- ") {
            let text = lines[position].text
            position += 1
            guard !text.hasSuffix(":") else {
                // A list may stand at its key's own indentation.
                let isNested =
                    position < lines.count
                    && (lines[position].indent > indent
                        || lines[position].indent == indent && lines[position].text.hasPrefix("- "))
                result[String(text.dropLast())] = isNested ? node() : NSNull()
                continue
            }
            guard let colon = text.range(of: ": ") else { continue }
            result[String(text[..<colon.lowerBound])] = scalar(String(text[colon.upperBound...]))
        }
        return result
    }

    private func isKey(_ text: String) -> Bool {
        text.hasSuffix(":") || text.contains(": ")
    }

    private func scalar(_ text: String) -> Any {
        if text == "null" { return NSNull() }
        guard text.count >= 2, let quote = text.first, quote == "'" || quote == "\"", text.last == quote else {
            return text
        }
        return String(text.dropFirst().dropLast())
    }
}

extension KubernetesObject {
    /// The items of a list in block YAML.
    static func list(yaml: String) throws -> [KubernetesObject] {
        struct List: Decodable {
            var items: [KubernetesObject]
        }
        let data = try JSONSerialization.data(withJSONObject: BlockYAML.object(yaml))
        return try JSONDecoder().decode(List.self, from: data).items
    }
}
