import Foundation

/// The API server's refusal of a request.
struct APIError: Error, CustomStringConvertible {
    /// Of HTTP.
    var code: Int
    /// In a word: `Forbidden`, `NotFound`, `AlreadyExists`, `Conflict`, `Expired`.
    var reason: String
    var message: String

    var isNotFound: Bool { code == 404 }
    /// Somebody else was quicker: what was read is stale.
    var isConflict: Bool { code == 409 }
    /// The resource version is too old to watch from.
    var isGone: Bool { code == 410 }

    var description: String { "\(code) \(reason): \(message)" }

    init(code: Int, reason: String, message: String) {
        self.code = code
        self.reason = reason
        self.message = message
    }

    /// Reads a `Status` object; a proxy on the way may answer with something else.
    init(code: Int, body: Data) {
        struct Status: Decodable {
            var reason: String?
            var message: String?
            var code: Int?
        }
        let status = try? JSONDecoder().decode(Status.self, from: body)
        self.code = status?.code ?? code
        reason = status?.reason ?? "Unknown"
        message = status?.message ?? "no reason was given"
    }
}
