package import Syntax

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds the refusals in logs of any size, in one pass and bounded memory.
package struct LogScanner {
    let lookup: ResourceLookup
    var log = NoticeLog()
    /// Bytes that were read.
    package private(set) var byteCount = 0

    /// - Parameter lookup: which resources there are, for texts that could be about anything else.
    package init(lookup: ResourceLookup = ResourceLookup()) {
        self.lookup = lookup
    }

    /// What was found so far, in order, with generic errors put to their causes.
    package func found() -> NoticeLog.Summary { log.summary() }

    /// Reads a text to its end.
    ///
    /// - Parameter name: of the file, where several are read.
    package mutating func scan(_ text: String, name: String = "") {
        let bytes = Array(text.utf8)
        byteCount += bytes.count
        bytes.withUnsafeBufferPointer { buffer in
            var pass = LinePass(window: LogLines(bytes: buffer), lookup: lookup, firstLine: 1, name: name)
            pass.scan(from: 0, to: buffer.count, into: &log)
        }
    }

    /// Reads a file to its end.
    ///
    /// - Throws: `InputError` where it can't be read, is empty, or is no text.
    package mutating func scan(descriptor: Int32, name: String) throws(InputError) {
        var buffer = [UInt8](repeating: 0, count: Self.capacity)
        var filled = 0
        var scanned = 0
        var firstLine = 1
        var state = LinePass.State()
        var isFirst = true
        var isEnd = false
        while !isEnd {
            isEnd = try fill(&buffer, &filled, descriptor, name)
            if isFirst { try LogForm.check(buffer[..<filled], name: name) }
            isFirst = false
            let safe = isEnd ? filled : max(scanned, filled - LogLines.reachAfter)
            let drop = max(0, safe - LogLines.reachBefore)
            buffer.withUnsafeBufferPointer { whole in
                let window = LogLines(bytes: UnsafeBufferPointer(rebasing: whole[..<filled]))
                var pass = LinePass(
                    window: window,
                    lookup: lookup,
                    firstLine: firstLine,
                    name: name == "<stdin>" ? "" : name,
                    state: state
                )
                pass.scan(from: scanned, to: safe, into: &log)
                firstLine = pass.lineNumber(at: drop)
                state = pass.state.moved(by: drop)
            }
            buffer.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress, drop > 0 else { return }
                memmove(base, base + drop, filled - drop)
            }
            filled -= drop
            scanned = safe - drop
        }
    }

    /// More than what a place needs around it, and little enough to stay in a cache.
    private static let capacity = 1 << 20

    /// Reads until the buffer is full; whether that was the end.
    private mutating func fill(
        _ buffer: inout [UInt8],
        _ filled: inout Int,
        _ descriptor: Int32,
        _ name: String
    ) throws(InputError) -> Bool {
        while filled < buffer.count {
            let count = buffer.withUnsafeMutableBytes { bytes in
                read(descriptor, bytes.baseAddress.map { $0 + filled }, bytes.count - filled)
            }
            if count == 0 { return true }
            if count < 0 {
                if errno == EINTR { continue }
                throw InputError(
                    file: name,
                    message: "can't be read: \(String(cString: strerror(errno)))",
                    hint: "name a file that you may read, or - for standard input"
                )
            }
            filled += count
            byteCount += count
        }
        return false
    }
}
