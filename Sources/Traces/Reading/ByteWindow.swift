import Syntax

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The bytes of an open file through a window that slides over it, so that memory does not grow with the file.
final class ByteWindow {
    let name: String
    private let descriptor: Int32
    private var storage: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var start = 0
    private var end = 0
    /// Of the window's first byte in the file.
    private(set) var offset = 0
    /// Whether the file was read to its end; the window may still hold the last of it.
    private(set) var isAtEnd = false

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
        while true {
            let count = readBytes(descriptor, storage + end, capacity - end)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw InputError(
                    file: name,
                    message: "cannot be read: \(systemErrorWords(errno))",
                    hint: "check the path, and the right to read it"
                )
            }
            end += count
            isAtEnd = count == 0
            return
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

private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
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
