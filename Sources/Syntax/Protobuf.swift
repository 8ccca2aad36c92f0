/// A Kubernetes object in protobuf: four bytes that say so, then `runtime.Unknown`, which has the type of the object in
/// field 1 and the object in field 2.
///
/// Kubernetes: `apimachinery/pkg/runtime/serializer/protobuf`, `apimachinery/pkg/runtime/generated.proto`.
package struct ProtobufObject {
    package static let contentType = "application/vnd.kubernetes.protobuf"
    /// `k8s` and a zero.
    package static let prefix: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

    package private(set) var kind = ""
    /// The object's own fields.
    package let raw: ArraySlice<UInt8>
    /// Whether all of the envelope could be read.
    package let isWhole: Bool

    package static func isOne(_ bytes: [UInt8]) -> Bool { bytes.starts(with: prefix) }

    /// `nil` where the bytes are no object in protobuf.
    package init?(_ bytes: [UInt8]) {
        guard Self.isOne(bytes) else { return nil }
        var reader = ProtobufReader(bytes.dropFirst(Self.prefix.count))
        var raw: ArraySlice<UInt8>?
        while let field = reader.next() {
            switch field.number {
            case 1: if let type = field.bytes { kind = Self.kind(type) }
            case 2: raw = raw ?? field.bytes
            default: break
            }
        }
        guard let raw else { return nil }
        self.raw = raw
        isWhole = !reader.isBroken
    }

    /// Field 2 of `runtime.TypeMeta`.
    private static func kind(_ type: ArraySlice<UInt8>) -> String {
        var reader = ProtobufReader(type)
        return reader.field(2).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The bytes of an object whose fields the closure writes.
    package static func bytes(
        _ apiVersion: StaticString,
        _ kind: String,
        _ write: (inout ProtobufWriter) -> Void
    ) -> [UInt8] {
        var writer = ProtobufWriter(prefix: prefix)
        writer.add(1) { type in
            type.add(1, apiVersion)
            type.add(2, kind)
        }
        writer.add(2, write)
        return writer.bytes
    }
}

/// Reads the fields of a protobuf message; what is broken reads as its end, and what is cut as far as it goes.
package struct ProtobufReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    /// Whether something was met that is broken or cut.
    package private(set) var isBroken = false

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The bytes of the first field of this number that has any, from here on.
    package mutating func field(_ number: UInt64) -> ArraySlice<UInt8>? {
        while let field = next() {
            if field.number == number, let bytes = field.bytes { return bytes }
        }
        return nil
    }

    package struct Field {
        package var number: UInt64
        /// `nil` where the field is a number.
        package var bytes: ArraySlice<UInt8>?
        package var value: UInt64 = 0
    }

    package mutating func next() -> Field? {
        guard position < bytes.endIndex else { return nil }
        let field = readField()
        if field == nil { isBroken = true }
        return field
    }

    private mutating func readField() -> Field? {
        guard let key = varint() else { return nil }
        switch key & 7 {
        case 0: return varint().map { Field(number: key >> 3, bytes: nil, value: $0) }
        case 1: return skip(8) ? Field(number: key >> 3) : nil
        case 5: return skip(4) ? Field(number: key >> 3) : nil
        case 2:
            guard let length = varint() else { return nil }
            let left = bytes.endIndex - position
            if length > left { isBroken = true }
            let start = position
            position += Int(min(length, UInt64(left)))
            return Field(number: key >> 3, bytes: bytes[start..<position])
        default: return nil
        }
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < bytes.endIndex else { return nil }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    private mutating func skip(_ count: Int) -> Bool {
        guard bytes.endIndex - position >= count else { return false }
        position += count
        return true
    }

    /// The texts of every field that has bytes, by number.
    package static func texts(_ bytes: ArraySlice<UInt8>) -> [UInt64: [String]] {
        var reader = ProtobufReader(bytes)
        var result: [UInt64: [String]] = [:]
        while let field = reader.next() {
            guard let bytes = field.bytes else { continue }
            result[field.number, default: []].append(String(decoding: bytes, as: UTF8.self))
        }
        return result
    }
}

/// Writes a protobuf message, field by field: texts and messages, which is all that a question to the API server needs.
package struct ProtobufWriter {
    package private(set) var bytes: [UInt8]

    package init(prefix: [UInt8] = []) {
        bytes = []
        bytes.reserveCapacity(192)
        bytes.append(contentsOf: prefix)
    }

    /// A text; an empty one is a field that is not there.
    ///
    /// - Parameter number: of the field, below 16.
    package mutating func add(_ number: UInt8, _ text: String) {
        guard !text.isEmpty else { return }
        begin(number)
        var text = text
        text.withUTF8 { utf8 in
            addLength(utf8.count)
            bytes.append(contentsOf: utf8)
        }
    }

    package mutating func add(_ number: UInt8, _ text: StaticString) {
        begin(number)
        addLength(text.utf8CodeUnitCount)
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// A message whose fields the closure writes.
    package mutating func add(_ number: UInt8, _ write: (inout ProtobufWriter) -> Void) {
        begin(number)
        // Its length stands before it and is known only afterwards; most are short.
        let place = bytes.count
        bytes.append(0)
        write(&self)
        let length = bytes.count - place - 1
        if length < 0x80 {
            bytes[place] = UInt8(length)
        } else {
            bytes.replaceSubrange(place...place, with: Self.varint(length))
        }
    }

    /// The key of a field of bytes.
    private mutating func begin(_ number: UInt8) { bytes.append(number << 3 | 2) }

    private mutating func addLength(_ length: Int) {
        if length < 0x80 { bytes.append(UInt8(length)) } else { bytes.append(contentsOf: Self.varint(length)) }
    }

    private static func varint(_ number: Int) -> [UInt8] {
        var rest = UInt64(number)
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return bytes
    }
}
