import CLibCurl

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// libcurl, opened at its first use, so that a command that asks no server does not load it and its thirty libraries.
///
/// Only the files of this folder see C types. The function pointers are plain addresses and every one of them may be
/// called from any thread; what may be shared between threads is a matter of the handles, not of this.
struct CurlLibrary: @unchecked Sendable {
    typealias Handle = UnsafeMutableRawPointer
    typealias List = UnsafeMutablePointer<curl_slist>

    // Variadic functions are called through the shims of CLibCurl.
    let easySetOption: UnsafeMutableRawPointer
    let easyGetInfo: UnsafeMutableRawPointer
    let multiSetOption: UnsafeMutableRawPointer

    let easyInit: @convention(c) () -> Handle?
    let easyCleanup: @convention(c) (Handle) -> Void
    let easyErrorText: @convention(c) (CURLcode) -> UnsafePointer<CChar>?
    let urlInit: @convention(c) () -> Handle?
    let urlSet: @convention(c) (Handle, CURLUPart, UnsafePointer<CChar>, UInt32) -> CURLUcode
    let urlCleanup: @convention(c) (Handle) -> Void
    let listAppend: @convention(c) (List?, UnsafePointer<CChar>) -> List?
    let listFree: @convention(c) (List?) -> Void
    let multiInit: @convention(c) () -> Handle?
    let multiCleanup: @convention(c) (Handle) -> CURLMcode
    let multiAdd: @convention(c) (Handle, Handle) -> CURLMcode
    let multiRemove: @convention(c) (Handle, Handle) -> CURLMcode
    let multiPerform: @convention(c) (Handle, UnsafeMutablePointer<Int32>) -> CURLMcode
    let multiSocketAction: @convention(c) (Handle, curl_socket_t, Int32, UnsafeMutablePointer<Int32>) -> CURLMcode
    let multiInfoRead: @convention(c) (Handle, UnsafeMutablePointer<Int32>) -> UnsafeMutablePointer<CURLMsg>?
    let multiPoll:
        @convention(c) (Handle, UnsafeMutableRawPointer?, UInt32, Int32, UnsafeMutablePointer<Int32>?) -> CURLMcode
    let multiWakeup: @convention(c) (Handle) -> CURLMcode

    /// `7.88.1`.
    let version: String

    /// The library of this process, or why there is none; opened once.
    static let shared: Result<CurlLibrary, TransportFailure> = Result(catching: open)

    /// The oldest version that takes a certificate authority from memory, 7.77.0.
    private static let oldestVersion: UInt32 = 0x07_4D00

    #if canImport(Darwin)
        private static let names = ["libcurl.4.dylib", "/opt/homebrew/opt/curl/lib/libcurl.4.dylib"]
    #else
        private static let names = ["libcurl.so.4", "libcurl.so"]
    #endif

    /// Opens the first library of `names` that is there and new enough.
    static func open() throws(TransportFailure) -> CurlLibrary {
        try open(names)
    }

    static func open(_ names: [String]) throws(TransportFailure) -> CurlLibrary {
        for name in names {
            // Of its libraries' functions few are ever called: those are looked up at their first call.
            if let image = dlopen(name, RTLD_LAZY | RTLD_LOCAL) {
                return try CurlLibrary(image: image)
            }
        }
        throw .libraryMissing(detail: "`\(names.first ?? "libcurl")` could not be opened")
    }

    private init(image: UnsafeMutableRawPointer) throws(TransportFailure) {
        func address(_ name: String) throws(TransportFailure) -> UnsafeMutableRawPointer {
            guard let address = dlsym(image, name) else {
                throw .libraryMissing(detail: "it has no function `\(name)`")
            }
            return address
        }
        func function<F>(_ name: String) throws(TransportFailure) -> F {
            unsafeBitCast(try address(name), to: F.self)
        }

        easySetOption = try address("curl_easy_setopt")
        easyGetInfo = try address("curl_easy_getinfo")
        multiSetOption = try address("curl_multi_setopt")
        easyInit = try function("curl_easy_init")
        easyCleanup = try function("curl_easy_cleanup")
        easyErrorText = try function("curl_easy_strerror")
        urlInit = try function("curl_url")
        urlSet = try function("curl_url_set")
        urlCleanup = try function("curl_url_cleanup")
        listAppend = try function("curl_slist_append")
        listFree = try function("curl_slist_free_all")
        multiInit = try function("curl_multi_init")
        multiCleanup = try function("curl_multi_cleanup")
        multiAdd = try function("curl_multi_add_handle")
        multiRemove = try function("curl_multi_remove_handle")
        multiPerform = try function("curl_multi_perform")
        multiSocketAction = try function("curl_multi_socket_action")
        multiInfoRead = try function("curl_multi_info_read")
        multiPoll = try function("curl_multi_poll")
        multiWakeup = try function("curl_multi_wakeup")

        typealias GlobalInit = @convention(c) (Int) -> CURLcode
        typealias VersionInfo = @convention(c) (CURLversion) -> UnsafePointer<curl_version_info_data>?
        let globalInit: GlobalInit = try function("curl_global_init")
        let versionInfo: VersionInfo = try function("curl_version_info")
        guard globalInit(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else {
            throw .libraryMissing(detail: "it could not be initialised")
        }
        guard let info = versionInfo(CURLVERSION_FIRST)?.pointee else {
            throw .libraryMissing(detail: "it does not tell its version")
        }
        version = info.version.map { String(cString: $0) } ?? ""
        guard info.version_num >= Self.oldestVersion else {
            throw .libraryMissing(detail: "version \(version) is too old, 7.77.0 or newer is needed")
        }
    }

    /// What the library itself says about a result.
    func text(of code: CURLcode) -> String {
        easyErrorText(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
    }
}
