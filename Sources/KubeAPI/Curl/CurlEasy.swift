import CLibCurl

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One transfer handle, used for one request after the other. Belongs to the thread of its `CurlMulti`.
final class CurlEasy {
    let library: CurlLibrary
    let handle: CurlLibrary.Handle
    /// Which settings this handle was set up with.
    private var generation: Int?
    /// What it was last made ready for. Of many requests to one path most stays as it is.
    private var last: (path: String, method: APIRequest.Method, headers: [String], milliseconds: Int)?
    private var headerList: CurlLibrary.List?
    private var parsedURL: CurlLibrary.Handle?
    var connectToList: CurlLibrary.List?
    private let errorText: UnsafeMutablePointer<CChar>
    /// Bytes; the most that libcurl takes. A page of a list is smaller than that as it is sent, compressed.
    private static let receiveBuffer = 512 * 1024

    /// The body as it has come in so far.
    private(set) var received: [UInt8] = []
    private(set) var etag = ""
    /// More than this many bytes end the transfer.
    private var limit = 0
    private(set) var exceededLimit = false

    /// - Parameter sockets: told of each connection that is opened or closed; outlives the handle and its `CurlMulti`.
    init(library: CurlLibrary, sockets: CorkedSockets) throws(TransportFailure) {
        guard let handle = library.easyInit() else { throw .libraryMissing(detail: "it gives no handle") }
        self.library = library
        self.handle = handle
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        let context = Unmanaged.passUnretained(self).toOpaque()
        set(CURLOPT_ERRORBUFFER, pointer: UnsafeRawPointer(errorText))
        set(CURLOPT_WRITEFUNCTION, callback: Self.receiveBody)
        set(CURLOPT_WRITEDATA, pointer: context)
        let socketContext = Unmanaged.passUnretained(sockets).toOpaque()
        _ = swiftop_easy_setopt_socket(library.easySetOption, handle, CorkedSockets.socketOpened)
        set(CURLOPT_SOCKOPTDATA, pointer: socketContext)
        _ = swiftop_easy_setopt_close(library.easySetOption, handle, CorkedSockets.closeSocket)
        set(CURLOPT_CLOSESOCKETDATA, pointer: socketContext)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PIPEWAIT, 1)
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_PROTOCOLS, Int(CURLPROTO_HTTP | CURLPROTO_HTTPS))
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // An answer that overflows its buffer stops the whole HTTP/2 connection, and libcurl 7.88 sometimes forgets to go
        // on: with its usual 16 KiB a list beside others hung until the time-out although all of it had come. Only those
        // pages of the buffer are touched that an answer fills.
        set(CURLOPT_BUFFERSIZE, Self.receiveBuffer)
        // The proxy is chosen here, by Go's rules: neither the environment nor a list of exceptions is read again.
        set(CURLOPT_NOPROXY, "")
    }

    deinit {
        library.easyCleanup(handle)
        library.listFree(headerList)
        library.listFree(connectToList)
        if let parsedURL { library.urlCleanup(parsedURL) }
        errorText.deallocate()
    }

    /// Makes the handle ready for one request. The handle must not be in a `CurlMulti` yet.
    ///
    /// - Throws: where the library cannot do what is asked, such as certificates from memory.
    func prepare(
        _ request: APIRequest,
        _ settings: ConnectionSettings,
        timeout: Duration?,
        limit: Int
    ) throws(TransportFailure) {
        if generation != settings.generation {
            try setUp(settings)
            generation = settings.generation
            last = nil
        }
        received.removeAll(keepingCapacity: true)
        etag = ""
        exceededLimit = false
        self.limit = limit
        errorText[0] = 0
        if last?.path != request.path {
            setURL(settings.address.url(path: request.path, host: settings.tlsServerName))
        }
        if last?.method != request.method {
            setMethod(request.method, acceptsCompression: settings.acceptsCompression)
        }
        if request.method != .get { setBody(request.body) }
        if last?.headers != request.headers {
            setHeaders(Self.headers(settings.headers.value, replacedBy: request.headers), host: settings)
        }
        let milliseconds = timeout.map { Self.milliseconds($0) } ?? 0
        if last?.milliseconds != milliseconds { setTimeout(milliseconds) }
        last = (request.path, request.method, request.headers, milliseconds)
    }

    private func setTimeout(_ milliseconds: Int) {
        set(CURLOPT_TIMEOUT_MS, milliseconds)
        let connectLimit = 30_000
        set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds == 0 ? connectLimit : min(milliseconds, connectLimit))
    }

    /// At least one: zero would mean no limit.
    private static func milliseconds(_ duration: Duration) -> Int {
        let parts = duration.components
        guard parts.seconds < 1_000_000 else { return 1_000_000_000 }
        return max(1, Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000))
    }

    /// Of many requests to one path the library parses the URL once, and not for each again.
    private func setURL(_ url: String) {
        set(CURLOPT_URL, url)
        let parsed = library.urlInit()
        let flags = UInt32(CURLU_PATH_AS_IS | CURLU_NON_SUPPORT_SCHEME)
        // What cannot be parsed is told when it is sent, by the URL as a text.
        let isParsed = parsed.map { library.urlSet($0, CURLUPART_URL, url, flags) == CURLUE_OK } ?? false
        set(CURLOPT_CURLU, pointer: isParsed ? parsed.map { UnsafeRawPointer($0) } : nil)
        if let parsedURL { library.urlCleanup(parsedURL) }
        parsedURL = parsed
    }

    /// Only what is read is large, and has an entity tag: of other answers no header is looked at.
    private func setMethod(_ method: APIRequest.Method, acceptsCompression: Bool) {
        switch method {
        case .get:
            set(CURLOPT_HTTPGET, 1)
            set(CURLOPT_CUSTOMREQUEST, nil)
            set(CURLOPT_HEADERFUNCTION, callback: Self.receiveHeader)
            set(CURLOPT_HEADERDATA, pointer: Unmanaged.passUnretained(self).toOpaque())
            set(CURLOPT_ACCEPT_ENCODING, acceptsCompression ? "gzip" : nil)
        case .post, .put, .patch, .delete:
            set(CURLOPT_POST, 1)
            set(CURLOPT_CUSTOMREQUEST, method == .post ? nil : method.rawValue)
            set(CURLOPT_HEADERFUNCTION, callback: nil)
            // With data and no function the headers would come as part of the body.
            set(CURLOPT_HEADERDATA, pointer: nil)
            set(CURLOPT_ACCEPT_ENCODING, nil)
        }
    }

    private func setBody(_ body: [UInt8]) {
        set(CURLOPT_POSTFIELDSIZE_LARGE, offset: body.count)
        body.withUnsafeBytes { bytes in
            // The library copies the bytes; an empty body still needs an address.
            set(CURLOPT_COPYPOSTFIELDS, pointer: bytes.baseAddress ?? UnsafeRawPointer(errorText))
        }
    }

    /// What every request carries, but for what this one says itself: of two `Accept` lines the API server reads the first.
    private static func headers(_ common: [String], replacedBy own: [String]) -> [String] {
        func name(_ line: String) -> String { line.prefix { $0 != ":" }.lowercased() }
        let names = Set(own.map(name))
        return common.filter { !names.contains(name($0)) } + own
    }

    private func setHeaders(_ headers: [String], host settings: ConnectionSettings) {
        var list: CurlLibrary.List?
        // An empty value takes away what the library would send.
        list = library.listAppend(list, "Expect:")
        if settings.tlsServerName != nil {
            list = library.listAppend(list, "Host: \(settings.address.hostHeader)")
        }
        for header in headers { list = library.listAppend(list, header) }
        set(CURLOPT_HTTPHEADER, pointer: list.map { UnsafeRawPointer($0) })
        library.listFree(headerList)
        headerList = list
    }

    // MARK: Options

    func set(_ option: CURLoption, _ value: Int) {
        _ = swiftop_easy_setopt_long(library.easySetOption, handle, option, value)
    }

    func set(_ option: CURLoption, offset value: Int) {
        _ = swiftop_easy_setopt_offset(library.easySetOption, handle, option, curl_off_t(value))
    }

    func set(_ option: CURLoption, _ value: String?) {
        _ = swiftop_easy_setopt_string(library.easySetOption, handle, option, value)
    }

    func set(_ option: CURLoption, pointer: UnsafeRawPointer?) {
        _ = swiftop_easy_setopt_pointer(library.easySetOption, handle, option, pointer)
    }

    func set(_ option: CURLoption, blob: [UInt8]) -> CURLcode {
        blob.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return CURLE_BAD_FUNCTION_ARGUMENT }
            return swiftop_easy_setopt_blob(library.easySetOption, handle, option, start, bytes.count)
        }
    }

    private func set(_ option: CURLoption, callback: swiftop_data_callback?) {
        _ = swiftop_easy_setopt_callback(library.easySetOption, handle, option, callback)
    }

    // MARK: What came of it

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        _ = swiftop_easy_getinfo_long(library.easyGetInfo, handle, info, &value)
        return value
    }

    func offset(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        _ = swiftop_easy_getinfo_offset(library.easyGetInfo, handle, info, &value)
        return Int(value)
    }

    func text(_ info: CURLINFO) -> String {
        var value: UnsafePointer<CChar>?
        _ = swiftop_easy_getinfo_string(library.easyGetInfo, handle, info, &value)
        return value.map { String(cString: $0) } ?? ""
    }

    /// The answer of a transfer that came to its end; takes the body out of the handle.
    func takeResponse() -> APIResponse {
        let retryAfter = offset(CURLINFO_RETRY_AFTER)
        defer { received = [] }
        return APIResponse(
            status: number(CURLINFO_RESPONSE_CODE),
            contentType: text(CURLINFO_CONTENT_TYPE),
            etag: etag,
            retryAfter: retryAfter > 0 ? retryAfter : nil,
            body: received
        )
    }

    /// The library's words on what went wrong.
    func detail(_ code: CURLcode) -> String {
        let text = String(cString: errorText)
        return text.isEmpty ? library.text(of: code) : text
    }

    private static let receiveBody: swiftop_data_callback = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let easy = Unmanaged<CurlEasy>.fromOpaque(context).takeUnretainedValue()
        let total = size &* count
        guard easy.received.count &+ total <= easy.limit else {
            easy.exceededLimit = true
            return 0
        }
        easy.received.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: total))
        return total
    }

    private static let receiveHeader: swiftop_data_callback = { bytes, size, count, context in
        let total = size &* count
        guard let bytes, let context, total > 5, bytes[4] == CChar(UInt8(ascii: ":")) else { return total }
        let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: total), as: UTF8.self)
        if line.prefix(5).lowercased() == "etag:" {
            let easy = Unmanaged<CurlEasy>.fromOpaque(context).takeUnretainedValue()
            easy.etag = String(line.dropFirst(5).trimmed)
        }
        return total
    }
}
