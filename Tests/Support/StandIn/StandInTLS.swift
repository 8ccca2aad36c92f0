package import Foundation

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A server's certificate and key for `StandInServer`, served by the system's OpenSSL, which is opened when needed.
package final class StandInTLS: @unchecked Sendable {
    fileprivate let library: Library
    fileprivate let context: OpaquePointer

    /// - Parameters:
    ///   - clientAuthority: where given, a client certificate of this authority is required.
    package init(certificate: URL, key: URL, clientAuthority: URL? = nil) throws {
        library = try Library()
        guard let method = library.serverMethod(), let context = library.newContext(method) else { throw Failure.setUp }
        self.context = context
        guard library.useCertificate(context, certificate.path) == 1, library.useKey(context, key.path, 1) == 1 else {
            throw Failure.setUp
        }
        if let clientAuthority {
            guard library.loadAuthorities(context, clientAuthority.path, nil) == 1 else { throw Failure.setUp }
            // SSL_VERIFY_PEER and SSL_VERIFY_FAIL_IF_NO_PEER_CERT
            library.setVerify(context, 3, nil)
        }
    }

    deinit { library.freeContext(context) }

    package enum Failure: Error { case noOpenSSL, setUp }

    /// Whether TLS can be served on this machine; tests say so where it cannot.
    package static let isAvailable: Bool = (try? Library()) != nil

    /// The functions of libssl that a small server needs. TLS 1.2 and later.
    fileprivate struct Library {
        typealias Object = OpaquePointer
        let serverMethod: @convention(c) () -> Object?
        let newContext: @convention(c) (Object) -> Object?
        let freeContext: @convention(c) (Object) -> Void
        let useCertificate: @convention(c) (Object, UnsafePointer<CChar>) -> Int32
        let useKey: @convention(c) (Object, UnsafePointer<CChar>, Int32) -> Int32
        let loadAuthorities: @convention(c) (Object, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Int32
        let setVerify: @convention(c) (Object, Int32, UnsafeRawPointer?) -> Void
        let newConnection: @convention(c) (Object) -> Object?
        let freeConnection: @convention(c) (Object) -> Void
        let setDescriptor: @convention(c) (Object, Int32) -> Int32
        let accept: @convention(c) (Object) -> Int32
        let read: @convention(c) (Object, UnsafeMutableRawPointer?, Int32) -> Int32
        let write: @convention(c) (Object, UnsafeRawPointer?, Int32) -> Int32
        let shutdown: @convention(c) (Object) -> Int32

        init() throws {
            let names = ["libssl.so.3", "libssl.so.1.1", "libssl.dylib"]
            guard let image = names.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first else { throw Failure.noOpenSSL }
            func function<F>(_ name: String) throws -> F {
                guard let address = dlsym(image, name) else { throw Failure.noOpenSSL }
                return unsafeBitCast(address, to: F.self)
            }
            serverMethod = try function("TLS_server_method")
            newContext = try function("SSL_CTX_new")
            freeContext = try function("SSL_CTX_free")
            useCertificate = try function("SSL_CTX_use_certificate_chain_file")
            useKey = try function("SSL_CTX_use_PrivateKey_file")
            loadAuthorities = try function("SSL_CTX_load_verify_locations")
            setVerify = try function("SSL_CTX_set_verify")
            newConnection = try function("SSL_new")
            freeConnection = try function("SSL_free")
            setDescriptor = try function("SSL_set_fd")
            accept = try function("SSL_accept")
            read = try function("SSL_read")
            write = try function("SSL_write")
            shutdown = try function("SSL_shutdown")
        }
    }
}

/// The bytes of one connection, plain or in TLS; used by one thread.
final class StandInStream {
    private let descriptor: Int32
    private var secure: (library: StandInTLS.Library, connection: OpaquePointer)?

    /// `nil` where the TLS handshake fails.
    init?(_ descriptor: Int32, _ tls: StandInTLS?) {
        self.descriptor = descriptor
        signal(SIGPIPE, SIG_IGN)
        guard let tls else { return }
        guard let connection = tls.library.newConnection(tls.context) else { return nil }
        secure = (tls.library, connection)
        guard tls.library.setDescriptor(connection, descriptor) == 1, tls.library.accept(connection) == 1 else {
            return nil
        }
    }

    deinit {
        if let secure {
            _ = secure.library.shutdown(secure.connection)
            secure.library.freeConnection(secure.connection)
        }
    }

    /// `nil` at the end.
    func read() -> Data? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count: Int
        if let secure {
            count = Int(secure.library.read(secure.connection, &buffer, Int32(buffer.count)))
        } else {
            count = recv(descriptor, &buffer, buffer.count, 0)
        }
        return count > 0 ? Data(buffer[..<count]) : nil
    }

    func write(_ data: Data) -> Bool {
        var rest = Array(data)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in
                if let secure {
                    return Int(secure.library.write(secure.connection, bytes.baseAddress, Int32(clamping: bytes.count)))
                }
                return send(descriptor, bytes.baseAddress, bytes.count, 0)
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
