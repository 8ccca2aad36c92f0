import KubeAPI
import NIOCore

/// `CONNECT` of HTTP. RFC 9110, 9.3.6.
struct ConnectDialogue: ProxyDialogue {
    private let proxy: ProxyAddress
    private let target: String
    private var head: [UInt8] = []

    /// More than the head of an answer ever is.
    private static let limit = 65_536

    /// - Parameter target: host and port.
    init(_ proxy: ProxyAddress, target: String) {
        self.proxy = proxy
        self.target = target
    }

    mutating func begin() -> [UInt8] {
        var lines = ["CONNECT \(target) HTTP/1.1", "Host: \(target)"]
        if let authorization = proxy.basicAuthorization { lines.append("Proxy-Authorization: \(authorization)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    mutating func receive(_ bytes: inout ByteBuffer) throws(UpstreamFailure) -> ProxyStep {
        while let byte = bytes.readInteger(as: UInt8.self) {
            head.append(byte)
            if byte == 0x0A, head.hasSuffix([0x0D, 0x0A, 0x0D, 0x0A]) || head.hasSuffix([0x0A, 0x0A]) {
                try judge()
                return .done
            }
            guard head.count < Self.limit else { throw noProxy }
        }
        return .wait
    }

    private func judge() throws(UpstreamFailure) {
        let line = String(decoding: head.prefix { $0 != 0x0D && $0 != 0x0A }, as: UTF8.self)
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else { throw noProxy }
        switch status {
        case 200..<300: return
        case 407: throw UpstreamFailure("the proxy \(proxy) asks for other credentials than it was given (407)")
        default:
            let text = words.dropFirst().joined(separator: " ")
            throw UpstreamFailure("the proxy \(proxy) refused the connection to \(target): \(text)")
        }
    }

    private var noProxy: UpstreamFailure { UpstreamFailure("what answers at \(proxy) is no HTTP proxy") }
}

extension Array<UInt8> {
    fileprivate func hasSuffix(_ end: [UInt8]) -> Bool { suffix(end.count).elementsEqual(end) }
}
