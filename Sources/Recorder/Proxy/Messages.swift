import NIOCore
import NIOHTTP1

/// A request's beginning, whichever protocol it came by.
struct RequestHead: Sendable {
    /// How the end of a body is told.
    enum Body: Sendable, Hashable {
        case none
        /// `Content-Length`, which is among the headers.
        case length
        /// Neither is known before the end.
        case chunked
    }

    var method: HTTPMethod
    /// Path and query as sent.
    var target: String
    /// `Host` or `:authority`; empty where there is none.
    var host: String
    /// Without `Host` and what belongs to the connection.
    var headers: HTTPHeaders
    var body: Body
    /// The protocol that the client wants to go on with, as sent in `Upgrade`.
    var upgrade: String?
}

extension RequestHead {
    /// Whether the answer has no end of its own, as far as the target says: a watch, or a log that is followed.
    var isLongRunning: Bool { hasParameter { $0 == "watch" || $0 == "follow" } }

    /// Whether the answer is events, whose end a client expects at any time.
    var isWatch: Bool { method == .GET && hasParameter { $0 == "watch" } }

    private func hasParameter(_ isMeant: (Substring) -> Bool) -> Bool {
        guard let mark = target.firstIndex(of: "?") else { return false }
        return target[mark...].split(whereSeparator: { $0 == "?" || $0 == "&" }).contains { part in
            let word = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = word.first, isMeant(name) else { return false }
            return word.count < 2 || !["0", "false"].contains(word[1].lowercased())
        }
    }
}

/// An answer's beginning.
struct ResponseHead: Sendable {
    var status: HTTPResponseStatus
    /// Without what belongs to the connection, such as `Transfer-Encoding`.
    var headers: HTTPHeaders
    /// The protocol that the server goes on with, of a 101.
    var upgrade: String?
}

/// Headers of one connection, which are no part of the message. RFC 9110, 7.6.1.
enum ConnectionHeaders {
    private static let names: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization",
        "transfer-encoding", "upgrade",
    ]

    /// Whether a header goes on to the next connection. `TE` does where it asks for trailers, which are passed on.
    static func isForwarded(_ name: String, _ value: String, nominated: [String]) -> Bool {
        // Told by length first: nearly all headers are none of these.
        guard (2...19).contains(name.utf8.count) else { return nominated.isEmpty || !isNominated(name, nominated) }
        let lowered = name.lowercased()
        if names.contains(lowered) { return false }
        if lowered == "te" { return value.lowercased() == "trailers" }
        return nominated.isEmpty || !isNominated(lowered, nominated)
    }

    private static func isNominated(_ name: String, _ nominated: [String]) -> Bool {
        nominated.contains(name.lowercased())
    }

    /// The headers of an HTTP/1 message that go on, `dropping` left out too (lower case).
    static func forwarded(_ headers: HTTPHeaders, dropping: Set<String> = []) -> HTTPHeaders {
        let nominated = headers[canonicalForm: "connection"].map { $0.lowercased() }
        var result: [(String, String)] = []
        result.reserveCapacity(headers.count + 4)
        for (name, value) in headers where isForwarded(name, value, nominated: nominated) {
            if dropping.isEmpty || !dropping.contains(name.lowercased()) { result.append((name, value)) }
        }
        return HTTPHeaders(result)
    }
}
