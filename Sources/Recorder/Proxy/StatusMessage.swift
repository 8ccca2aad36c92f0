import Syntax

/// The message of a `Status`, in JSON or in Kubernetes' protobuf.
enum StatusMessage {
    static func text(_ bytes: [UInt8]) -> String? {
        if ProtobufObject.isOne(bytes) { return protobuf(bytes) }
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

    /// Field 3 of `metav1.Status`.
    private static func protobuf(_ bytes: [UInt8]) -> String? {
        guard let object = ProtobufObject(bytes) else { return nil }
        var status = ProtobufReader(object.raw)
        return status.field(3).map { String(decoding: $0, as: UTF8.self) }
    }
}
