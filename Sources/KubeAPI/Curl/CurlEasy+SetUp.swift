import CLibCurl

extension CurlEasy {
    /// Puts everything into the handle that stays the same from request to request.
    func setUp(_ settings: ConnectionSettings) throws(TransportFailure) {
        try setUpTLS(settings)
        // Many requests in one connection inside the TLS of a proxy: libcurl 7.88 leaves answers in the outer layer until the
        // time-out.
        let isNested = settings.proxy?.scheme == .https
        set(CURLOPT_HTTP_VERSION, Int(isNested ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS))
        set(CURLOPT_PROXY, settings.proxy?.curlURL ?? "")
        setConnectTo(settings)
    }

    private func setUpTLS(_ settings: ConnectionSettings) throws(TransportFailure) {
        set(CURLOPT_SSL_VERIFYPEER, settings.verifiesServer ? 1 : 0)
        set(CURLOPT_SSL_VERIFYHOST, settings.verifiesServer ? 2 : 0)
        if let authority = settings.certificateAuthority {
            guard set(CURLOPT_CAINFO_BLOB, blob: authority) == CURLE_OK else {
                throw .authorityUnusable(detail: "this libcurl takes no certificates from memory")
            }
            // Else the system's folder of authorities would be trusted beside the one of the kubeconfig.
            set(CURLOPT_CAPATH, nil)
        }
        try setUpProxyTLS(settings)
        guard let client = settings.clientCertificate else {
            set(CURLOPT_SSLCERT_BLOB, pointer: nil)
            set(CURLOPT_SSLKEY_BLOB, pointer: nil)
            return
        }
        // Without one OpenSSL would ask at the terminal for the password of an encrypted key.
        set(CURLOPT_KEYPASSWD, "")
        guard set(CURLOPT_SSLCERT_BLOB, blob: client.certificate) == CURLE_OK,
            set(CURLOPT_SSLKEY_BLOB, blob: client.key) == CURLE_OK
        else {
            throw .clientCertificateUnusable(detail: "this libcurl takes no certificates from memory")
        }
    }

    /// To a proxy of `https`, Go's transport makes TLS as to the server: with the same authority and verification.
    private func setUpProxyTLS(_ settings: ConnectionSettings) throws(TransportFailure) {
        guard settings.proxy?.scheme == .https else { return }
        set(CURLOPT_PROXY_SSL_VERIFYPEER, settings.verifiesServer ? 1 : 0)
        set(CURLOPT_PROXY_SSL_VERIFYHOST, settings.verifiesServer ? 2 : 0)
        guard let authority = settings.certificateAuthority else { return }
        guard set(CURLOPT_PROXY_CAINFO_BLOB, blob: authority) == CURLE_OK else {
            throw .authorityUnusable(detail: "this libcurl takes no certificates from memory")
        }
        set(CURLOPT_PROXY_CAPATH, nil)
    }

    /// `tls-server-name`: the URL has that name, so that TLS asks for it and verifies it; the connection goes to the
    /// address, and the `Host` header names the address.
    private func setConnectTo(_ settings: ConnectionSettings) {
        connectToList.map { library.listFree($0) }
        connectToList = nil
        if let name = settings.tlsServerName {
            let port = settings.address.port
            let rule = "\(HostAndPort.bracketed(name)):\(port):\(settings.address.hostAndPort)"
            connectToList = library.listAppend(nil, rule)
        }
        set(CURLOPT_CONNECT_TO, pointer: connectToList.map { UnsafeRawPointer($0) })
    }
}
