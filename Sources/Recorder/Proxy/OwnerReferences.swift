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
        let blocking = OwnedObject(bytes, isCut: isCut).owners.filter(\.blocks)
        return Set(blocking.map { BlockingOwner(apiVersion: $0.apiVersion, kind: $0.kind) })
    }
}

/// One owner reference. Kubernetes: `meta/v1.OwnerReference`.
struct OwnerReference: Hashable, Sendable {
    var apiVersion = ""
    var kind = ""
    var name = ""
    var uid = ""
    var isController = false
    var blocks = false
}

/// The name and the owners of an object in a body; of one that was cut what stands before the cut.
struct OwnedObject: Hashable, Sendable {
    /// `generateName` where there is no name.
    private(set) var name = ""
    private(set) var owners: [OwnerReference] = []
    /// Whether the bytes are an object at all; a list of patches is none.
    private(set) var isReadable = true

    init(_ bytes: [UInt8], isCut: Bool = false) {
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        if ProtobufObject.isOne(bytes) {
            if let object = ProtobufObject(bytes) { readProtobuf(object.raw) }
        } else if first == UInt8(ascii: "{") {
            bytes.withUnsafeBufferPointer { buffer in
                var scanner = JSONScanner(buffer)
                try? readJSON(&scanner)
            }
        } else if first == UInt8(ascii: "[") || isCut || !readYAML(bytes) {
            isReadable = false
        }
    }

    // MARK: - JSON

    private mutating func readJSON(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if key.equals("metadata"), scanner.nextByte() == UInt8(ascii: "{") {
                try readMetadata(&scanner)
            } else {
                try scanner.skip()
            }
        }
    }

    private mutating func readMetadata(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if key.equals("ownerReferences"), scanner.nextByte() == UInt8(ascii: "[") {
                try scanner.beginArray()
                while try scanner.nextElement() { owners.append(try Self.reference(&scanner)) }
            } else if key.equals("name") {
                name = try scanner.optionalText()?.string ?? ""
            } else if key.equals("generateName") {
                let prefix = try scanner.optionalText()?.string ?? ""
                if name.isEmpty { name = prefix }
            } else {
                try scanner.skip()
            }
        }
    }

    private static func reference(_ scanner: inout JSONScanner) throws(JSONError) -> OwnerReference {
        var reference = OwnerReference()
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if key.equals("apiVersion") {
                reference.apiVersion = try scanner.optionalText()?.string ?? ""
            } else if key.equals("kind") {
                reference.kind = try scanner.optionalText()?.string ?? ""
            } else if key.equals("name") {
                reference.name = try scanner.optionalText()?.string ?? ""
            } else if key.equals("uid") {
                reference.uid = try scanner.optionalText()?.string ?? ""
            } else if key.equals("controller") {
                reference.isController = try scanner.optionalBoolean() ?? false
            } else if key.equals("blockOwnerDeletion") {
                reference.blocks = try scanner.optionalBoolean() ?? false
            } else {
                try scanner.skip()
            }
        }
        return reference
    }

    // MARK: - YAML

    private mutating func readYAML(_ bytes: [UInt8]) -> Bool {
        guard let documents = try? YAMLParser.documents(bytes, file: "body"), let object = documents.first?.mapping
        else { return false }
        let metadata = object.value("metadata")?.mapping
        name = metadata?.text("name") ?? metadata?.text("generateName") ?? ""
        let references = metadata?.value("ownerReferences")?.sequence
        owners =
            references?.items.compactMap(\.mapping).map { body in
                OwnerReference(
                    apiVersion: body.text("apiVersion") ?? "",
                    kind: body.text("kind") ?? "",
                    name: body.text("name") ?? "",
                    uid: body.text("uid") ?? "",
                    isController: body.text("controller") == "true",
                    blocks: body.text("blockOwnerDeletion") == "true"
                )
            } ?? []
        return true
    }

    // MARK: - Protobuf

    /// The metadata of an object is field 1, its owner references are field 13.
    ///
    /// Kubernetes: `apimachinery/pkg/apis/meta/v1/generated.proto`.
    private mutating func readProtobuf(_ raw: ArraySlice<UInt8>) {
        var object = ProtobufReader(raw)
        guard let metadata = object.field(1) else { return }
        var reader = ProtobufReader(metadata)
        while let field = reader.next() {
            guard let bytes = field.bytes else { continue }
            switch field.number {
            case 1: name = String(decoding: bytes, as: UTF8.self)
            case 2 where name.isEmpty: name = String(decoding: bytes, as: UTF8.self)
            case 13: owners.append(Self.reference(protobuf: bytes))
            default: break
            }
        }
    }

    private static func reference(protobuf bytes: ArraySlice<UInt8>) -> OwnerReference {
        var reference = OwnerReference()
        var reader = ProtobufReader(bytes)
        while let field = reader.next() {
            switch (field.number, field.bytes) {
            case (1, let text?): reference.kind = String(decoding: text, as: UTF8.self)
            case (3, let text?): reference.name = String(decoding: text, as: UTF8.self)
            case (4, let text?): reference.uid = String(decoding: text, as: UTF8.self)
            case (5, let text?): reference.apiVersion = String(decoding: text, as: UTF8.self)
            case (6, nil): reference.isController = field.value != 0
            case (7, nil): reference.blocks = field.value != 0
            default: break
            }
        }
        return reference
    }
}
