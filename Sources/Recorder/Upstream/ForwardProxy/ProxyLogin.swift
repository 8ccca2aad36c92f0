import KubeAPI
import Traces

extension ProxyAddress {
    /// Name and password of the proxy's URL, unescaped.
    var login: Secret<(user: [UInt8], password: [UInt8])>? {
        guard let userInfo else { return nil }
        let parts = userInfo.value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let plain = parts.map { part in
            let bytes = Array(part.utf8)
            return percentDecoded(bytes[...], plusIsSpace: false) ?? bytes
        }
        return Secret((plain[0], plain.count > 1 ? plain[1] : []))
    }

    /// The value of `Proxy-Authorization`.
    var basicAuthorization: String? {
        login.map { "Basic \(Base64.encode($0.value.user + [UInt8(ascii: ":")] + $0.value.password))" }
    }
}
