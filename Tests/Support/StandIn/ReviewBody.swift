import Foundation

/// The body of a review in Kubernetes' protobuf, as the object that its JSON would be.
///
/// Written on its own, and not with the product's reader, so that one is held against the other. Kubernetes:
/// `api/authorization/v1/generated.proto`.
enum ReviewBody {
    private static let attributeNames = ["namespace", "verb", "group", "version", "resource", "subresource", "name"]

    /// `nil` where the bytes are not protobuf, or broken.
    static func object(_ body: Data) -> [String: Any]? {
        guard body.starts(with: [0x6B, 0x38, 0x73, 0x00]), let envelope = fields(body.dropFirst(4)),
            let type = envelope[1]?.first.flatMap(fields), let raw = envelope[2]?.first.flatMap(fields),
            let spec = raw[2]?.first.flatMap(fields)
        else { return nil }
        var object: [String: Any] = [
            "apiVersion": text(type[1]), "kind": text(type[2]), "spec": self.spec(spec),
        ]
        if let metadata = raw[1]?.first.flatMap(fields) { object["metadata"] = ["namespace": text(metadata[3])] }
        return object
    }

    private static func spec(_ fields: [Int: [Data]]) -> [String: Any] {
        var spec: [String: Any] = [:]
        if let resource = fields[1]?.first.flatMap(self.fields) {
            var attributes: [String: String] = [:]
            for (index, name) in attributeNames.enumerated() where resource[index + 1] != nil {
                attributes[name] = text(resource[index + 1])
            }
            spec["resourceAttributes"] = attributes
        }
        if let other = fields[2]?.first.flatMap(self.fields) {
            spec["nonResourceAttributes"] = ["path": text(other[1]), "verb": text(other[2])]
        }
        if fields[3] != nil { spec["user"] = text(fields[3]) }
        if let groups = fields[4] { spec["groups"] = groups.map { text([$0]) } }
        return spec
    }

    private static func text(_ values: [Data]?) -> String { String(decoding: values?.first ?? Data(), as: UTF8.self) }

    /// The fields of a message that has none but texts and messages.
    private static func fields(_ message: Data) -> [Int: [Data]]? {
        var rest = Array(message)[...]
        var result: [Int: [Data]] = [:]
        while let key = rest.popFirst() {
            guard key & 7 == 2, key < 0x80, let length = number(&rest), length <= rest.count else { return nil }
            result[Int(key >> 3), default: []].append(Data(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return result
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
        var (value, shift) = (0, 0)
        while let byte = rest.popFirst(), shift < 28 {
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
