/// What a file may be compressed by, told by how it begins.
enum CompressionFormat {
    /// RFC 1952.
    case gzip
    /// RFC 8878.
    case zstd

    /// As many bytes as tell a format.
    static let magicLength = 4

    init?(magic bytes: UnsafeBufferPointer<UInt8>) {
        if bytes.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstd
        } else {
            return nil
        }
    }

    var name: String {
        switch self {
        case .gzip: "gzip"
        case .zstd: "zstd"
        }
    }
}

/// What became of one step of a decompression.
struct DecompressionStep {
    /// Bytes taken from the input.
    var consumed: Int
    /// Bytes put into the output.
    var produced: Int
    /// Whether the input is at the end of a member or frame: it may end here, or another one may follow.
    var isAtBoundary: Bool
}

/// Why compressed bytes cannot be read.
struct DecompressionFailure: Error {
    /// Lower case, no final period.
    var message: String
    var hint: String
}

/// A decompressor of one library.
protocol Decompressor: AnyObject {
    /// Takes what it can from `input` and puts what it can into `output`; neither is empty.
    func step(
        _ input: UnsafeBufferPointer<UInt8>,
        _ output: UnsafeMutableBufferPointer<UInt8>
    ) throws(DecompressionFailure) -> DecompressionStep
}

extension CompressionFormat {
    func decompressor() throws(DecompressionFailure) -> any Decompressor {
        switch self {
        case .gzip: try GzipDecompressor()
        case .zstd: try ZstdDecompressor()
        }
    }
}
