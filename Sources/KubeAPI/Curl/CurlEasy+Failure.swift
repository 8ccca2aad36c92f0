import CLibCurl

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension CurlEasy {
    /// What a result of the library means for a person. `seconds` is the time that the request had, 0 for any.
    func failure(_ code: CURLcode, _ settings: ConnectionSettings, seconds: Double, limit: Int) -> TransportFailure {
        let address = settings.address.hostAndPort
        let host = settings.tlsServerName ?? settings.address.host
        if let refusal = proxyFailure(code, settings) { return refusal }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: return .nameNotResolved(host: settings.address.host)
        case CURLE_COULDNT_CONNECT: return connectFailure(address, code)
        case CURLE_OPERATION_TIMEDOUT:
            // The request is ready to be sent once this time is known.
            return offset(CURLINFO_PRETRANSFER_TIME_T) > 0
                ? .answerTimedOut(address: address, seconds: seconds)
                : .connectTimedOut(address: address, seconds: seconds > 0 ? min(seconds, 30) : 30)
        case CURLE_PEER_FAILED_VERIFICATION: return verificationFailure(host, code)
        case CURLE_SSL_CACERT_BADFILE: return .authorityUnusable(detail: "no certificate can be read from it")
        case CURLE_SSL_CERTPROBLEM: return .clientCertificateUnusable(detail: detail(code))
        case CURLE_SSL_CONNECT_ERROR: return .tlsFailed(host: address, detail: detail(code))
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            return .connectionLost(address: address, detail: Self.withoutStreamNumber(detail(code)))
        case CURLE_WRITE_ERROR where exceededLimit: return .answerTooLarge(limit: limit)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
            return .failed(address: address, detail: "what answers there is no HTTP server (\(detail(code)))")
        default: return .failed(address: address, detail: detail(code))
        }
    }

    /// `HTTP/2 stream 349 was not closed cleanly`: one cause is not to be told once for each stream.
    private static func withoutStreamNumber(_ text: String) -> String {
        let start = "HTTP/2 stream "
        guard text.hasPrefix(start) else { return text }
        let rest = text.dropFirst(start.count).drop { $0.isNumber }
        return start + rest.drop { $0 == " " }
    }

    /// A failure that lies with the proxy.
    private func proxyFailure(_ code: CURLcode, _ settings: ConnectionSettings) -> TransportFailure? {
        guard let proxy = settings.proxy?.description else { return nil }
        if code == CURLE_COULDNT_RESOLVE_PROXY { return .proxyNameNotResolved(proxy: proxy) }
        let connectStatus = number(CURLINFO_HTTP_CONNECTCODE)
        if connectStatus >= 300 {
            return .proxyFailed(proxy: proxy, detail: "it answered with status \(connectStatus)")
        }
        let isTLS = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR
        // No answer to CONNECT yet: it is the proxy's own TLS.
        if isTLS, settings.proxy?.scheme == .https, connectStatus == 0 {
            return .proxyFailed(proxy: proxy, detail: detail(code))
        }
        if code == CURLE_PROXY { return .proxyFailed(proxy: proxy, detail: detail(code)) }
        guard code == CURLE_COULDNT_CONNECT else { return nil }
        let osError = Int32(truncatingIfNeeded: number(CURLINFO_OS_ERRNO))
        let text = osError == 0 ? detail(code) : String(cString: strerror(osError)).lowercased()
        return .proxyFailed(proxy: proxy, detail: text)
    }

    private func connectFailure(_ address: String, _ code: CURLcode) -> TransportFailure {
        let osError = Int32(truncatingIfNeeded: number(CURLINFO_OS_ERRNO))
        switch osError {
        case ECONNREFUSED: return .refused(address: address)
        case 0: return .unreachable(address: address, detail: detail(code))
        default: return .unreachable(address: address, detail: String(cString: strerror(osError)).lowercased())
        }
    }

    /// The numbers are OpenSSL's `X509_V_ERR_…`, stable since its first version.
    private func verificationFailure(_ host: String, _ code: CURLcode) -> TransportFailure {
        switch number(CURLINFO_SSL_VERIFYRESULT) {
        // 1 is what libcurl starts with: the chain was good, and libcurl itself found the name wrong.
        case 0, 1, 62, 64: .wrongHost(host: host, detail: detail(code))
        case 9: .certificateNotYetValid(host: host)
        case 10: .certificateExpired(host: host)
        case 18: .unknownAuthority(host: host, detail: "it is self-signed")
        case 19: .unknownAuthority(host: host, detail: "its chain ends in a self-signed certificate")
        case 2, 20, 21: .unknownAuthority(host: host, detail: "its issuer is not known")
        default: .tlsFailed(host: host, detail: detail(code))
        }
    }
}
