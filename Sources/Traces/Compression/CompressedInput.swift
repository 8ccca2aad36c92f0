import Syntax

/// Compressed bytes on their way into a window: what was read of the file and not decompressed yet.
final class CompressedInput {
    /// What came of a request for bytes.
    enum Outcome {
        case bytes(Int)
        /// The file, and the compressed text in it, is at its end.
        case end
        /// The file ends in the middle of the compressed text.
        case cutShort
    }

    let format: CompressionFormat
    private let decompressor: any Decompressor
    private var storage: [UInt8]
    private var start = 0
    private var end: Int
    private var isFileAtEnd = false
    private var isAtBoundary = false
    /// The last step filled the output, so there may be more of it without more input.
    private var mayHoldMore = false

    private static let capacity = 1 << 17

    /// - Parameter head: what was read of the file to tell its format.
    init(format: CompressionFormat, head: UnsafeBufferPointer<UInt8>) throws(DecompressionFailure) {
        self.format = format
        decompressor = try format.decompressor()
        storage = Array(head)
        end = storage.count
        if storage.count < Self.capacity { storage += repeatElement(0, count: Self.capacity - storage.count) }
    }

    /// Decompresses into `output`, which is not empty.
    ///
    /// - Parameter refill: reads the file into a buffer and says how much; 0 at its end.
    /// - Throws: `InputError` of the file `name` where it is broken.
    func read(
        into output: UnsafeMutableBufferPointer<UInt8>,
        name: String,
        refill: (UnsafeMutableBufferPointer<UInt8>) throws(InputError) -> Int
    ) throws(InputError) -> Outcome {
        while true {
            if start == end, !isFileAtEnd {
                let count = try storage.withUnsafeMutableBufferPointer { (storage) throws(InputError) in
                    try refill(storage)
                }
                (start, end) = (0, count)
                isFileAtEnd = count == 0
            }
            if start == end, !mayHoldMore { return isAtBoundary ? .end : .cutShort }
            let step = try step(into: output, name: name)
            start += step.consumed
            isAtBoundary = step.isAtBoundary
            mayHoldMore = step.produced == output.count && !step.isAtBoundary
            if step.produced > 0 { return .bytes(step.produced) }
        }
    }

    private func step(
        into output: UnsafeMutableBufferPointer<UInt8>,
        name: String
    ) throws(InputError) -> DecompressionStep {
        try storage.withUnsafeBufferPointer { (storage) throws(InputError) in
            do throws(DecompressionFailure) {
                return try decompressor.step(UnsafeBufferPointer(rebasing: storage[start..<end]), output)
            } catch { throw InputError(file: name, message: error.message, hint: error.hint) }
        }
    }
}
