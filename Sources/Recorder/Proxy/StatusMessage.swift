import Syntax

/// The message of a `Status`, in JSON or in Kubernetes' protobuf.
enum StatusMessage {
    static func text(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: ProtobufReader.kubernetesPrefix) { return protobuf(bytes[4...]) }
        return bytes.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(buffer)
            return try? json(&scanner)
        }
    }

    private static func json(_ scanner: inout JSONScanner) throws(JSONError) -> String? {
        var message: String?
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if key.equals("message") { message = try scanner.optionalText()?.string } else { try scanner.skip() }
        }
        return message
    }

    /// `runtime.Unknown` with the `Status` in field 2, whose message is field 3.
    private static func protobuf(_ bytes: ArraySlice<UInt8>) -> String? {
        var envelope = ProtobufReader(bytes)
        guard let raw = envelope.field(2) else { return nil }
        var status = ProtobufReader(raw)
        return status.field(3).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Reads the fields of a protobuf message; what is broken reads as its end, and what is cut as far as it goes.
struct ProtobufReader {
    /// `k8s` and a zero, before every object. Kubernetes: `runtime/serializer/protobuf`.
    static let kubernetesPrefix: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The bytes of the first field of this number that has any, from here on.
    mutating func field(_ number: UInt64) -> ArraySlice<UInt8>? {
        while let field = next() {
            if field.number == number, let bytes = field.bytes { return bytes }
        }
        return nil
    }

    struct Field {
        var number: UInt64
        /// `nil` where the field is a number.
        var bytes: ArraySlice<UInt8>?
        var value: UInt64 = 0
    }

    mutating func next() -> Field? {
        guard let key = varint() else { return nil }
        switch key & 7 {
        case 0: return varint().map { Field(number: key >> 3, bytes: nil, value: $0) }
        case 1: return take(8).map { _ in Field(number: key >> 3, bytes: nil) }
        case 5: return take(4).map { _ in Field(number: key >> 3, bytes: nil) }
        case 2:
            guard let length = varint() else { return nil }
            return take(Int(min(length, UInt64(rest.count)))).map { Field(number: key >> 3, bytes: $0) }
        default: return nil
        }
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
