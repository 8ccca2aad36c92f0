import Foundation
import TestSupport

/// A refusal as a real API server sent it.
struct RecordedRefusal: Decodable {
    struct Status: Decodable {
        struct Details: Decodable, Hashable {
            var name: String?
            var group: String?
            var kind: String?
            var causes: [[String: String]]?
        }

        var message: String?
        var reason: String?
        var code: Int?
        var details: Details?
    }

    struct Request: Decodable {
        var method: String
        var path: String
    }

    var name: String
    var status: Int
    var request: Request
    var body: Status?

    private enum CodingKeys: CodingKey { case name, status, request, body }

    /// A body that is no Status, such as the text of a 404, is left out.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        status = try container.decode(Int.self, forKey: .status)
        request = try container.decode(Request.self, forKey: .request)
        body = try? container.decode(Status.self, forKey: .body)
    }

    /// The file's records, with the bodies as they are written there.
    static func all(in file: String) throws -> [(record: RecordedRefusal, body: NSDictionary?)] {
        let text = try String(contentsOf: Repository.fixtures.appending(path: "recorded/\(file)"), encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            let data = Data(line.utf8)
            let object = try JSONSerialization.jsonObject(with: data) as? NSDictionary
            return (try JSONDecoder().decode(RecordedRefusal.self, from: data), object?["body"] as? NSDictionary)
        }
    }
}
