import NIOCore
import Syntax

/// An owner that must not go before its dependant: `blockOwnerDeletion` of an owner reference. Its kind only is kept.
package struct BlockingOwner: Hashable, Sendable {
    /// `apps/v1`.
    package var apiVersion: String
    package var kind: String

    /// Empty for the core group.
    package var group: String {
        apiVersion.contains("/") ? String(apiVersion.prefix { $0 != "/" }) : ""
    }
}

/// Looks for owner references in what a client writes: JSON, YAML, or Kubernetes' protobuf.
///
/// Only the beginning of a body is kept, in which every serializer puts the metadata, and only until it was read.
struct OwnerReferenceTap {
    private static let limit = 512 << 10
    private var buffer = ByteBuffer()
    private var isCut = false

    mutating func append(_ body: ByteBuffer) {
        let room = Self.limit - buffer.readableBytes
        guard room > 0 else { return isCut = true }
        var part = body
        if let slice = part.readSlice(length: min(room, part.readableBytes)) { buffer.writeImmutableBuffer(slice) }
        if part.readableBytes > 0 { isCut = true }
    }

    /// The owners that block, each kind once; the body is forgotten.
    mutating func take() -> Set<BlockingOwner> {
        let bytes = Array(buffer.readableBytesView)
        buffer = ByteBuffer()
        // Quicker than any parser, and true of nearly all bodies that are not protobuf.
        if bytes.starts(with: ProtobufReader.kubernetesPrefix) { return OwnerReferences.protobuf(bytes[4...]) }
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        if first == UInt8(ascii: "{") { return OwnerReferences.json(bytes) }
        return isCut ? [] : OwnerReferences.yaml(bytes)
    }
}

enum OwnerReferences {
    /// What stands before the place where the text ends or breaks is taken.
    static func json(_ bytes: [UInt8]) -> Set<BlockingOwner> {
        var owners: Set<BlockingOwner> = []
        bytes.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(buffer)
            try? object(&scanner, &owners)
        }
        return owners
    }

    private static func object(_ scanner: inout JSONScanner, _ owners: inout Set<BlockingOwner>) throws(JSONError) {
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            guard key.equals("metadata") else {
                try scanner.skip()
                continue
            }
            try scanner.beginObject()
            while let key = try scanner.nextKey() {
                if key.equals("ownerReferences"), scanner.nextByte() == UInt8(ascii: "[") {
                    try references(&scanner, &owners)
                } else {
                    try scanner.skip()
                }
            }
        }
    }

    private static func references(_ scanner: inout JSONScanner, _ owners: inout Set<BlockingOwner>) throws(JSONError) {
        try scanner.beginArray()
        while try scanner.nextElement() {
            var (version, kind, blocks) = ("", "", false)
            try scanner.beginObject()
            while let key = try scanner.nextKey() {
                if key.equals("apiVersion") {
                    version = try scanner.optionalText()?.string ?? ""
                } else if key.equals("kind") {
                    kind = try scanner.optionalText()?.string ?? ""
                } else if key.equals("blockOwnerDeletion") {
                    blocks = try scanner.optionalBoolean() ?? false
                } else {
                    try scanner.skip()
                }
            }
            if blocks { owners.insert(BlockingOwner(apiVersion: version, kind: kind)) }
        }
    }

    static func yaml(_ bytes: [UInt8]) -> Set<BlockingOwner> {
        guard let documents = try? YAMLParser.documents(bytes, file: "body") else { return [] }
        let references = documents.first?.mapping?.value("metadata")?.mapping?.value("ownerReferences")?.sequence
        let owners = references?.items.compactMap(\.mapping).filter { $0.text("blockOwnerDeletion") == "true" } ?? []
        return Set(
            owners.map { BlockingOwner(apiVersion: $0.text("apiVersion") ?? "", kind: $0.text("kind") ?? "") }
        )
    }

    /// `runtime.Unknown` with the object in field 2, whose metadata is field 1, whose owner references are field 13.
    ///
    /// Kubernetes: `apimachinery/pkg/apis/meta/v1/generated.proto`.
    static func protobuf(_ bytes: ArraySlice<UInt8>) -> Set<BlockingOwner> {
        var envelope = ProtobufReader(bytes)
        guard let raw = envelope.field(2) else { return [] }
        var object = ProtobufReader(raw)
        guard let metadata = object.field(1) else { return [] }
        var reader = ProtobufReader(metadata)
        var owners: Set<BlockingOwner> = []
        while let field = reader.next() {
            guard field.number == 13, let reference = field.bytes else { continue }
            var (owner, blocks) = (BlockingOwner(apiVersion: "", kind: ""), false)
            var parts = ProtobufReader(reference)
            while let part = parts.next() {
                switch (part.number, part.bytes) {
                case (1, let text?): owner.kind = String(decoding: text, as: UTF8.self)
                case (5, let text?): owner.apiVersion = String(decoding: text, as: UTF8.self)
                case (7, nil): blocks = part.value != 0
                default: break
                }
            }
            if blocks { owners.insert(owner) }
        }
        return owners
    }
}
