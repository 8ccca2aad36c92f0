#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A library of the system, opened at its first use, so that a command that reads nothing compressed does not load it.
struct DynamicLibrary {
    private let image: UnsafeMutableRawPointer
    private let format: CompressionFormat

    /// Opens the first of `names` that is there.
    init(_ names: [String], for format: CompressionFormat) throws(DecompressionFailure) {
        for name in names {
            if let image = dlopen(name, RTLD_NOW | RTLD_LOCAL) {
                (self.image, self.format) = (image, format)
                return
            }
        }
        throw Self.failure("`\(names.first ?? "")` could not be opened", format)
    }

    /// The function of a name; the caller says its C type.
    func function<Function>(_ name: StaticString) throws(DecompressionFailure) -> Function {
        guard let address = dlsym(image, name.description) else {
            throw Self.failure("the library has no function `\(name)`", format)
        }
        return unsafeBitCast(address, to: Function.self)
    }

    private static func failure(_ detail: String, _ format: CompressionFormat) -> DecompressionFailure {
        switch format {
        case .gzip:
            DecompressionFailure(
                message: "the file is compressed by gzip, and zlib is not there: \(detail)",
                hint: "install zlib1g (Debian's name), or decompress it: gunzip -c FILE"
            )
        case .zstd:
            DecompressionFailure(
                message: "the file is compressed by zstd, and libzstd is not there: \(detail)",
                hint: "install libzstd1 (Debian's name), or decompress it: zstdcat FILE"
            )
        }
    }
}
