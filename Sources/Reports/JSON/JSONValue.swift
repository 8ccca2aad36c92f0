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
        case .integer(let number): bytes.append(contentsOf: String(number).utf8)
        case .string(let string): quote(string)
        case .array(let items):
            enclose("[", "]", count: items.count, isOfLeaves: items.allSatisfy(\.isLeaf)) { $0.write(items[$1]) }
        case .object(let members):
            enclose("{", "}", count: members.count, isOfLeaves: members.allSatisfy(\.value.isLeaf)) { writer, index in
                writer.quote(members[index].name)
                writer.text(": ")
                writer.write(members[index].value)
            }
        }
    }

    /// Writes `count` parts between brackets, on one line where they hold no others and fit.
    @inline(__always)
    private mutating func enclose(
        _ open: StaticString,
        _ close: StaticString,
        count: Int,
        isOfLeaves: Bool,
        _ part: (inout JSONWriter, Int) -> Void
    ) {
        let start = bytes.count
        text(open)
        if isOfLeaves {
            for index in 0..<count {
                if index > 0 { text(", ") }
                part(&self, index)
            }
            text(close)
            // The widest line is measured by what it came to, so that nothing is computed twice where it fits.
            if bytes.count - start + 2 * depth <= Self.lineWidth || count < 2 { return }
            bytes.removeLast(bytes.count - start)
            text(open)
        }
        depth += 1
        breakLine()
        for index in 0..<count {
            if index > 0 {
                text(",")
                breakLine()
            }
            part(&self, index)
        }
        depth -= 1
        breakLine()
        text(close)
    }

    private mutating func text(_ text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount { bytes.append(text.utf8Start[index]) }
    }

    private mutating func breakLine() {
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<2 * depth { bytes.append(UInt8(ascii: " ")) }
    }

    private mutating func quote(_ string: String) { appendJSONQuoted(string, to: &bytes) }
}
