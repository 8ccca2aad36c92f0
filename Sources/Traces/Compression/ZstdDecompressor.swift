import CCompression

/// libzstd's functions; any thread may call them.
private struct ZstdLibrary: @unchecked Sendable {
    let create: @convention(c) () -> OpaquePointer?
    let free: @convention(c) (OpaquePointer?) -> Int
    let decompress:
        @convention(c) (OpaquePointer, UnsafeMutablePointer<ZSTD_outBuffer>, UnsafeMutablePointer<ZSTD_inBuffer>) -> Int
    let isError: @convention(c) (Int) -> UInt32
    let errorName: @convention(c) (Int) -> UnsafePointer<CChar>?

    static let shared: Result<ZstdLibrary, DecompressionFailure> = Result(catching: open)

    #if canImport(Darwin)
        private static let names = ["libzstd.1.dylib", "/opt/homebrew/lib/libzstd.1.dylib"]
    #else
        private static let names = ["libzstd.so.1", "libzstd.so"]
    #endif

    private static func open() throws(DecompressionFailure) -> ZstdLibrary {
        let library = try DynamicLibrary(names, for: .zstd)
        return ZstdLibrary(
            create: try library.function("ZSTD_createDStream"),
            free: try library.function("ZSTD_freeDStream"),
            decompress: try library.function("ZSTD_decompressStream"),
            isError: try library.function("ZSTD_isError"),
            errorName: try library.function("ZSTD_getErrorName")
        )
    }
}

/// zstd through libzstd: frames one after the other are one text.
final class ZstdDecompressor: Decompressor {
    private let library: ZstdLibrary
    private let stream: OpaquePointer

    init() throws(DecompressionFailure) {
        library = try ZstdLibrary.shared.get()
        guard let stream = library.create() else {
            throw DecompressionFailure(message: "libzstd does not start", hint: "is there memory left?")
        }
        self.stream = stream
    }

    deinit { _ = library.free(stream) }

    func step(
        _ input: UnsafeBufferPointer<UInt8>,
        _ output: UnsafeMutableBufferPointer<UInt8>
    ) throws(DecompressionFailure) -> DecompressionStep {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let status = library.decompress(stream, &target, &source)
        guard library.isError(status) == 0 else {
            let detail = library.errorName(status).map { String(cString: $0) } ?? "error \(status)"
            throw DecompressionFailure(
                message: "the zstd data is broken: \(detail)",
                hint: "fetch the file once more; zstd -t FILE checks it"
            )
        }
        return DecompressionStep(consumed: source.pos, produced: target.pos, isAtBoundary: status == 0)
    }
}
