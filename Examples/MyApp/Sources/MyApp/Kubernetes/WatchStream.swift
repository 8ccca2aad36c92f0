import Foundation
import NIOCore

/// One event of a watch.
enum WatchEvent<Object: KubernetesObject>: Sendable {
    /// Added or changed.
    case applied(Object)
    case deleted(Object)
    /// Nothing changed up to here.
    case bookmark(resourceVersion: String)
}

/// Takes the stream of a watch apart: a JSON document a line.
struct WatchLines {
    private struct Kind: Decodable {
        var type: String
    }

    private struct Content<Object: Decodable>: Decodable {
        var object: Object
    }

    private struct Mark: Decodable {
        struct Metadata: Decodable { var resourceVersion: String }
        var metadata: Metadata
    }

    private struct Status: Decodable {
        var code: Int?
        var reason: String?
        var message: String?
    }

    private var rest: [UInt8] = []

    /// The lines that end in this piece; what is behind the last waits for the next.
    mutating func take(_ piece: ByteBuffer) -> [Data] {
        rest += piece.readableBytesView
        guard let end = rest.lastIndex(of: 0x0A) else { return [] }
        let lines = rest[..<end].split(separator: 0x0A).map { Data($0) }
        rest.removeSubrange(...end)
        return lines
    }

    /// - Throws: `APIError` for an event that ends the watch, such as 410 `Expired`.
    static func event<Object: KubernetesObject>(_ line: Data, of type: Object.Type) throws -> WatchEvent<Object>? {
        let decoder = JSONDecoder()
        switch try decoder.decode(Kind.self, from: line).type {
        case "ADDED", "MODIFIED": return .applied(try decoder.decode(Content<Object>.self, from: line).object)
        case "DELETED": return .deleted(try decoder.decode(Content<Object>.self, from: line).object)
        case "BOOKMARK":
            let mark = try decoder.decode(Content<Mark>.self, from: line).object
            return .bookmark(resourceVersion: mark.metadata.resourceVersion)
        case "ERROR":
            let status = try decoder.decode(Content<Status>.self, from: line).object
            throw APIError(
                code: status.code ?? 500,
                reason: status.reason ?? "Unknown",
                message: status.message ?? "the watch ended with an error"
            )
        default: return nil
        }
    }
}
