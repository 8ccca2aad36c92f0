import Syntax

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The bytes of an open file through a window that slides over it, so that memory does not grow with the file. What gzip or
/// zstd compressed is decompressed on the way, told by its first bytes.
final class ByteWindow {
    let name: String
    private let descriptor: Int32
    private var storage: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var start = 0
    private var end = 0
    /// Of the window's first byte in the file, as decompressed.
    private(set) var offset = 0
    /// Whether the file was read to its end; the window may still hold the last of it.
    private(set) var isAtEnd = false
    /// What the file's compression hid from the reader, if it did; for standard error.
    private(set) var warnings: [String] = []
    private var isStarted = false
    private var compressed: CompressedInput?

    /// - Parameters:
    ///   - descriptor: stays the caller's to close.
    ///   - name: the file in errors.
    init(descriptor: Int32, name: String, capacity: Int = 1 << 18) {
        self.name = name
        self.descriptor = descriptor
        self.capacity = capacity
        self.storage = .allocate(capacity: capacity)
    }

    deinit { storage.deallocate() }

    /// Whether gzip or zstd is undone on the way; known once something was read.
    var isCompressed: Bool { compressed != nil }

    /// What was read and not yet consumed; valid until the next `fill`.
    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: storage + start, count: end - start) }

    /// Moves the window's start on.
    func consume(_ count: Int) {
        start += count
        offset += count
    }

    /// Reads on. The window grows where nothing of it was consumed.
    ///
    /// - Throws: `InputError` where the file cannot be read.
    func fill() throws(InputError) {
        guard !isAtEnd else { return }
        makeRoom()
        if !isStarted { return try startReading() }
        try append()
    }

    /// Reads on until so many bytes are there, or no more come.
    func fill(to count: Int) throws(InputError) {
        repeat { try fill() } while bytes.count < count && !isAtEnd
    }

    /// Reads as much as tells whether the file is compressed, and then some.
    private func startReading() throws(InputError) {
        isStarted = true
        while end < CompressionFormat.magicLength, !isAtEnd { try append() }
        guard let format = CompressionFormat(magic: bytes) else { return }
        do throws(DecompressionFailure) { compressed = try CompressedInput(format: format, head: bytes) } catch {
            throw InputError(file: name, message: error.message, hint: error.hint)
        }
        (end, isAtEnd) = (0, false)
        try append()
    }

    /// Adds what comes next behind what is there.
    private func append() throws(InputError) {
        let room = UnsafeMutableBufferPointer(start: storage + end, count: capacity - end)
        guard let compressed else {
            let count = try readFile(into: room)
            end += count
            isAtEnd = count == 0
            return
        }
        switch try compressed.read(into: room, name: name, refill: readFile) {
        case .bytes(let count): end += count
        case .end: isAtEnd = true
        case .cutShort:
            isAtEnd = true
            warnings.append("\(name): the \(compressed.format.name) data ends in the middle; what came before was read")
        }
    }

    private func readFile(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(InputError) -> Int {
        while true {
            let count = readBytes(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw InputError(
                    file: name,
                    message: "cannot be read: \(systemErrorWords(errno))",
                    hint: "check the path, and the right to read it"
                )
            }
            return count
        }
    }

    private func makeRoom() {
        if start > 0 {
            storage.update(from: storage + start, count: end - start)
            end -= start
            start = 0
        }
        guard end == capacity else { return }
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2)
        larger.update(from: storage, count: end)
        storage.deallocate()
        storage = larger
        capacity *= 2
    }
}

private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int {
    #if canImport(Glibc)
        Glibc.read(descriptor, buffer, count)
    #else
        Darwin.read(descriptor, buffer, count)
    #endif
}

/// The first of some bytes that equals one, by the C library's fastest way.
func firstIndex(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard let base = bytes.baseAddress, start < bytes.count,
        let hit = memchr(base + start, Int32(byte), bytes.count - start)
    else { return nil }
    return UnsafeRawPointer(hit) - UnsafeRawPointer(base)
}

/// Where some ASCII text stands first; looks for its rarest byte by the C library's fastest way.
func firstRange(of text: String, in bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Range<Int>? {
    var text = text
    return text.withUTF8 { text in
        // Letters are the most frequent bytes of logs.
        let pivot = text.indices.first { !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text[$0]) } ?? 0
        guard !text.isEmpty, bytes.count - start >= text.count else { return nil }
        var from = start + pivot
        while let hit = firstIndex(of: text[pivot], in: bytes, from: from) {
            let place = hit - pivot
            guard place + text.count <= bytes.count else { return nil }
            if bytes[place..<place + text.count].elementsEqual(text) { return place..<place + text.count }
            from = hit + 1
        }
        return nil
    }
}
