import Syntax

/// A JSON value whose objects keep the order in which they were made, so that a document reads as its contract does.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case string(String)
    case array([JSONValue])
    case object([Member])

    package struct Member: Hashable, Sendable {
        package var name: String
        package var value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// A string, or `null`.
    static func optional(_ text: String?) -> Self { text.map(Self.string) ?? .null }

    static func strings(_ texts: some Sequence<String>) -> Self { .array(texts.map(Self.string)) }

    /// Whether it holds no other values, so that it can share a line.
    fileprivate var isLeaf: Bool {
        switch self {
        case .null, .bool, .integer, .string: true
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        }
    }
}

typealias Member = JSONValue.Member

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0, $1) })
    }
    package init(nilLiteral: ()) { self = .null }
}

extension JSONValue {
    /// The document as text: two spaces a level, a line feed at the end. Arrays and objects of plain values stand on one
    /// line where they fit.
    package var document: String {
        var writer = JSONWriter()
        writer.write(self)
        writer.bytes.append(UInt8(ascii: "\n"))
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// Writes values as RFC 8259 wants them.
private struct JSONWriter {
    /// Columns up to which plain values share a line.
    private static let lineWidth = 100

    var bytes: [UInt8] = []
    private var depth = 0

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: text("null")
        case .bool(let flag): text(flag ? "true" : "false")
        case .integer(let number): text(String(number))
        case .string(let string): quote(string)
        case .array(let items): write(items.map { (nil, $0) }, "[", "]")
        case .object(let members): write(members.map { ($0.name, $0.value) }, "{", "}")
        }
    }

    private mutating func write(_ parts: [(name: String?, value: JSONValue)], _ open: String, _ close: String) {
        let start = bytes.count
        text(open)
        if parts.allSatisfy(\.value.isLeaf) {
            join(parts, onOneLine: true)
            text(close)
            // The widest line is measured by what it came to, so that nothing is computed twice where it fits.
            if bytes.count - start + 2 * depth <= Self.lineWidth || parts.count < 2 { return }
            bytes.removeLast(bytes.count - start)
            text(open)
        }
        depth += 1
        breakLine()
        join(parts, onOneLine: false)
        depth -= 1
        breakLine()
        text(close)
    }

    private mutating func join(_ parts: [(name: String?, value: JSONValue)], onOneLine: Bool) {
        for (index, part) in parts.enumerated() {
            if index > 0 {
                text(onOneLine ? ", " : ",")
                if !onOneLine { breakLine() }
            }
            if let name = part.name {
                quote(name)
                text(": ")
            }
            write(part.value)
        }
    }

    private mutating func text(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func breakLine() {
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private mutating func quote(_ string: String) {
        guard string.utf8.allSatisfy(isPlainInJSON) else { return text(jsonQuoted(string)) }
        bytes.append(UInt8(ascii: "\""))
        text(string)
        bytes.append(UInt8(ascii: "\""))
    }
}
