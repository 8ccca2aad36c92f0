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
        let host = Substring(host).utf8
        let name: Substring.UTF8View
        let port: Substring.UTF8View
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
            name = host[..<end].dropFirst()
            port = host[end...].dropFirst()
        } else {
            name = host.prefix { $0 != UInt8(ascii: ":") }
            port = host[name.endIndex...]
        }
        guard port.isEmpty || port.first == UInt8(ascii: ":") && port.dropFirst().allSatisfy(\.isDigit) else {
            return false
        }
        return name.elementsEqual("127.0.0.1".utf8) || name.elementsEqual("::1".utf8)
            || name.lazy.map(\.inLowerCase).elementsEqual("localhost".utf8)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var inLowerCase: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
