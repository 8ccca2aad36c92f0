import CCompression

/// zlib's functions; any thread may call them.
private struct ZLibrary: @unchecked Sendable {
    typealias Stream = UnsafeMutablePointer<z_stream>

    let initialize: @convention(c) (Stream, Int32, UnsafePointer<CChar>, Int32) -> Int32
    let inflate: @convention(c) (Stream, Int32) -> Int32
    let reset: @convention(c) (Stream) -> Int32
    let end: @convention(c) (Stream) -> Int32

    static let shared: Result<ZLibrary, DecompressionFailure> = Result(catching: open)

    #if canImport(Darwin)
        private static let names = ["libz.1.dylib"]
    #else
        private static let names = ["libz.so.1", "libz.so"]
    #endif

    private static func open() throws(DecompressionFailure) -> ZLibrary {
        let library = try DynamicLibrary(names, for: .gzip)
        return ZLibrary(
            initialize: try library.function("inflateInit2_"),
            inflate: try library.function("inflate"),
            reset: try library.function("inflateReset"),
            end: try library.function("inflateEnd")
        )
    }
}

/// gzip through zlib: members one after the other, as log shippers write them, are one text.
final class GzipDecompressor: Decompressor {
    private let library: ZLibrary
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    /// Whether a member has ended, and nothing of the next was read.
    private var isAtBoundary = false

    init() throws(DecompressionFailure) {
        library = try ZLibrary.shared.get()
        stream.initialize(to: z_stream())
        // 15 bits of window, and 16 for gzip's header and checksum.
        let status = library.initialize(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw DecompressionFailure(message: "zlib does not start (\(status))", hint: "is its version 1.2 or newer?")
        }
    }

    deinit {
        _ = library.end(stream)
        stream.deallocate()
    }

    func step(
        _ input: UnsafeBufferPointer<UInt8>,
        _ output: UnsafeMutableBufferPointer<UInt8>
    ) throws(DecompressionFailure) -> DecompressionStep {
        if isAtBoundary {
            // As gzip does: padding behind a member is no part of the text.
            guard input.first == 0x1F else {
                let padding = input.prefix { $0 == 0 }.count
                guard padding > 0 else { throw broken("something else follows the compressed text") }
                return DecompressionStep(consumed: padding, produced: 0, isAtBoundary: true)
            }
            isAtBoundary = false
            _ = library.reset(stream)
        }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(clamping: input.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(clamping: output.count)
        let status = library.inflate(stream, Z_NO_FLUSH)
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
            throw broken(stream.pointee.msg.map { String(cString: $0) } ?? "error \(status)")
        }
        isAtBoundary = status == Z_STREAM_END
        return DecompressionStep(
            consumed: input.count - Int(stream.pointee.avail_in),
            produced: output.count - Int(stream.pointee.avail_out),
            isAtBoundary: isAtBoundary
        )
    }

    private func broken(_ detail: String) -> DecompressionFailure {
        DecompressionFailure(
            message: "the gzip data is broken: \(detail)",
            hint: "fetch the file once more; gzip -t FILE checks it"
        )
    }
}
