import Syntax

/// Finds the refusals in logs of any size, in one pass and bounded memory.
package struct LogScanner {
    let lookup: ResourceLookup
    var log = NoticeLog()
    /// What could not be read of the files, for standard error.
    package private(set) var warnings: [String] = []

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
        var text = text
        var stream = LogStream(lookup: lookup, name: name)
        text.withUTF8 { _ = scan($0, isEnd: true, of: &stream) }
    }

    /// Looks through a part of a log; the bytes that are returned are done with.
    mutating func scan(_ part: UnsafeBufferPointer<UInt8>, isEnd: Bool, of stream: inout LogStream) -> Int {
        stream.scan(part, isEnd: isEnd, into: &log)
    }

    /// Reads a file to its end. What gzip or zstd compressed is decompressed on the way.
    ///
    /// - Throws: `InputError` where it can't be read, is empty, or is no text.
    mutating func scan(descriptor: Int32, name: String) throws(InputError) {
        let window = ByteWindow(descriptor: descriptor, name: name, capacity: Self.capacity)
        try window.fill(to: Self.capacity)
        try LogForm.check(window.bytes, name: name)
        var stream = LogStream(lookup: lookup, name: name == "<stdin>" ? "" : name)
        while true {
            window.consume(scan(window.bytes, isEnd: window.isAtEnd, of: &stream))
            if window.isAtEnd { break }
            try window.fill(to: Self.capacity)
        }
        warnings += window.warnings
    }

    /// More than what a place needs around it, and little enough to stay in a cache.
    private static let capacity = 1 << 20
}
