import KubeAPI
import NIOCore

/// SOCKS 5, with a name and a password where the proxy asks for them. RFC 1928 and 1929.
///
/// Names are resolved by the proxy, as Go's transport leaves it to it.
struct SOCKSDialogue: ProxyDialogue {
    private enum Phase { case method, password, connection }

    private static let version: UInt8 = 5
    private static let noAuthentication: UInt8 = 0
    private static let password: UInt8 = 2

    private let proxy: ProxyAddress
    private let address: ServerAddress
    private let login: (user: [UInt8], password: [UInt8])?
    private var phase = Phase.method

    init(_ proxy: ProxyAddress, address: ServerAddress) {
        self.proxy = proxy
        self.address = address
        login = proxy.login.map { ($0.value.user, $0.value.password) }
    }

    mutating func begin() -> [UInt8] {
        login == nil
            ? [Self.version, 1, Self.noAuthentication] : [Self.version, 2, Self.noAuthentication, Self.password]
    }

    mutating func receive(_ bytes: inout ByteBuffer) throws(UpstreamFailure) -> ProxyStep {
        switch phase {
        case .method:
            guard let answer = bytes.readMultipleIntegers(as: (UInt8, UInt8).self) else { return .wait }
            return try chosen(answer)
        case .password:
            guard let answer = bytes.readMultipleIntegers(as: (UInt8, UInt8).self) else { return .wait }
            guard answer.1 == 0 else {
                throw UpstreamFailure("the proxy \(proxy) does not accept the name and password of its address")
            }
            return try connect()
        case .connection: return try connected(&bytes)
        }
    }

    private mutating func chosen(_ answer: (version: UInt8, method: UInt8)) throws(UpstreamFailure) -> ProxyStep {
        guard answer.version == Self.version else { throw noProxy }
        if answer.method == Self.noAuthentication { return try connect() }
        guard answer.method == Self.password, let login, login.user.count < 256, login.password.count < 256 else {
            throw UpstreamFailure("the proxy \(proxy) asks for a name and a password, and its address has none")
        }
        phase = .password
        return .say(
            [1, UInt8(login.user.count)] + login.user + [UInt8(login.password.count)] + login.password
        )
    }

    private mutating func connect() throws(UpstreamFailure) -> ProxyStep {
        phase = .connection
        let port = UInt16(truncatingIfNeeded: address.port)
        return .say([Self.version, 1, 0] + (try target()) + [UInt8(port >> 8), UInt8(port & 0xFF)])
    }

    private func target() throws(UpstreamFailure) -> [UInt8] {
        if let numbers = IPAddress(address.host)?.bytes { return [numbers.count == 4 ? 1 : 4] + numbers }
        let name = Array(address.host.utf8)
        guard name.count < 256 else { throw UpstreamFailure("the name \(address.host) is too long for SOCKS") }
        return [3, UInt8(name.count)] + name
    }

    /// The answer ends with the address that the proxy connects from, which says how long it is.
    private func connected(_ bytes: inout ByteBuffer) throws(UpstreamFailure) -> ProxyStep {
        guard let head = bytes.getMultipleIntegers(at: bytes.readerIndex, as: (UInt8, UInt8, UInt8, UInt8, UInt8).self)
        else { return .wait }
        guard head.0 == Self.version else { throw noProxy }
        guard head.1 == 0 else {
            throw UpstreamFailure(
                "the proxy \(proxy) refused the connection to \(address.hostAndPort): \(Self.reason(head.1))"
            )
        }
        let length: Int
        switch head.3 {
        case 1: length = 10
        case 3: length = 7 + Int(head.4)
        case 4: length = 22
        default: throw noProxy
        }
        guard bytes.readableBytes >= length else { return .wait }
        bytes.moveReaderIndex(forwardBy: length)
        return .done
    }

    private static func reason(_ code: UInt8) -> String {
        switch code {
        case 2: "its rules do not allow it"
        case 3: "the network cannot be reached"
        case 4: "the host cannot be reached"
        case 5: "connection refused"
        case 6: "no answer in time"
        default: "error \(code)"
        }
    }

    private var noProxy: UpstreamFailure { UpstreamFailure("what answers at \(proxy) is no SOCKS 5 proxy") }
}
