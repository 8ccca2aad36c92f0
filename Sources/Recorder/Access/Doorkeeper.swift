import NIOHTTP1
import Traces

/// Lets in the child and nobody else: its token, and a host that is this machine's loopback.
///
/// The second keeps out pages of a browser whose name was made to point here (DNS rebinding).
struct Doorkeeper: Sendable {
    let token: BearerToken

    /// The answer to a stranger; `nil` lets the request in.
    func refusal(_ request: RequestHead) -> LocalAnswer? {
        guard Self.isLoopback(request.host) else {
            return LocalAnswer(
                .forbidden,
                reason: "Forbidden",
                message: "this proxy answers on 127.0.0.1 and localhost only"
            )
        }
        guard let authorization = request.headers.first(name: "authorization"),
            token.matches(authorization: authorization)
        else {
            return LocalAnswer(StatusBody.unauthorized)
        }
        return nil
    }

    /// Whether a `Host` or `:authority`, with or without a port, names the loopback.
    static func isLoopback(_ host: String) -> Bool {
        let name: Substring
        if host.hasPrefix("[") {
            name = host.dropFirst().prefix { $0 != "]" }
            guard host.contains("]"), host.dropFirst(name.count + 2).isPort else { return false }
        } else {
            name = host.prefix { $0 != ":" }
            guard host.dropFirst(name.count).isPort else { return false }
        }
        return name == "127.0.0.1" || name.lowercased() == "localhost" || name == "::1"
    }
}

extension Substring {
    /// Nothing, or a colon and digits.
    fileprivate var isPort: Bool {
        isEmpty || first == ":" && dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
    }
}
