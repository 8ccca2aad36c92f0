import Syntax

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Lines of an open file, read in pieces.
struct LineReader {
    struct Line {
        var bytes: ArraySlice<UInt8>
        /// From 1.
        var number: Int
        /// Of the line's first byte in the file.
        var offset: Int
        /// Whether a line end follows; the last line of a file that was cut has none.
        var isTerminated: Bool
    }

    private let descriptor: Int32
    private let name: String
    private let maximumLine: Int
    private var buffer: [UInt8] = []
    private var start = 0
    private var searched = 0
    private var number = 0
    private var offset = 0
    private var isAtEnd = false

    private static let chunk = 1 << 18

    init(descriptor: Int32, name: String, maximumLine: Int) {
        self.descriptor = descriptor
        self.name = name
        self.maximumLine = maximumLine
    }

    /// The next line without its end, or `nil` at the end of the file. The slice is valid until the next call.
    mutating func next() throws(InputError) -> Line? {
        while true {
            if let end = lineEnd() { return line(upTo: end, next: end + 1, isTerminated: true) }
            if isAtEnd {
                guard start < buffer.count else { return nil }
                return line(upTo: buffer.count, next: buffer.count, isTerminated: false)
            }
            guard buffer.count - start <= maximumLine else {
                throw InputError(
                    file: name,
                    location: SourceLocation(line: number + 1, column: 1, offset: offset),
                    message: "line \(number + 1) is longer than \(maximumLine >> 20) MiB",
                    hint: "a trace has one short JSON object a line; is this the right file?"
                )
            }
            try fill()
        }
    }

    /// Looks at the first line that is not blank, without taking it; a byte order mark is dropped.
    mutating func firstMeaningful() throws(InputError) -> ArraySlice<UInt8>? {
        try fill()
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
        if buffer.starts(with: [0xFF, 0xFE]) || buffer.starts(with: [0xFE, 0xFF]) {
            throw InputError(file: name, location: .start, message: "the file is UTF-16", hint: "save it as UTF-8")
        }
        while true {
            let text = buffer[start...]
            if let first = text.firstIndex(where: { ![0x20, 0x09, 0x0D, 0x0A].contains($0) }) {
                if let end = buffer[first...].firstIndex(of: 0x0A) { return Self.trimmed(buffer[first..<end]) }
                if isAtEnd { return Self.trimmed(buffer[first...]) }
            } else if isAtEnd {
                return nil
            }
            guard buffer.count - start <= maximumLine else {
                throw InputError(
                    file: name,
                    location: .start,
                    message: "the first line is longer than \(maximumLine >> 20) MiB",
                    hint: "a trace has one short JSON object a line; is this the right file?"
                )
            }
            try fill()
        }
    }

    /// Whether one of two texts stands in the first part of the file.
    mutating func headContains(_ first: String, or second: String) throws(InputError) -> Bool {
        while !isAtEnd, buffer.count < Self.chunk { try fill() }
        let head = String(decoding: buffer[start..<min(buffer.count, start + Self.chunk)], as: UTF8.self)
        return head.contains(first) || head.contains(second)
    }

    /// All that was not taken yet.
    mutating func rest(limit: Int) throws(InputError) -> [UInt8] {
        while !isAtEnd {
            guard buffer.count <= limit else {
                throw InputError(
                    file: name,
                    message: "a document of more than \(limit >> 20) MiB",
                    hint: "JSON Lines of any length are read; write it so, one record a line"
                )
            }
            try fill()
        }
        return Array(buffer[start...])
    }

    private mutating func lineEnd() -> Int? {
        guard searched < buffer.count else { return nil }
        let found = buffer.withUnsafeBufferPointer { bytes -> Int? in
            guard let base = bytes.baseAddress, let hit = memchr(base + searched, 0x0A, bytes.count - searched) else {
                return nil
            }
            return UnsafeRawPointer(hit) - UnsafeRawPointer(base)
        }
        if found == nil { searched = buffer.count }
        return found
    }

    private mutating func line(upTo end: Int, next: Int, isTerminated: Bool) -> Line {
        number += 1
        let line = Line(
            bytes: Self.trimmed(buffer[start..<end]),
            number: number,
            offset: offset,
            isTerminated: isTerminated
        )
        offset += next - start
        (start, searched) = (next, next)
        return line
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last, last == 0x0D || last == 0x20 { line.removeLast() }
        return line
    }

    private mutating func fill() throws(InputError) {
        guard !isAtEnd else { return }
        // What was taken is dropped once it is the larger part, so that no byte moves often.
        if start > 0, start >= buffer.count - start {
            buffer.removeSubrange(..<start)
            searched -= start
            start = 0
        }
        let used = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: Self.chunk))
        while true {
            let count = buffer.withUnsafeMutableBytes { bytes in
                readBytes(descriptor, UnsafeMutableRawBufferPointer(rebasing: bytes[used...]))
            }
            if count < 0, errno == EINTR { continue }
            buffer.removeLast(Self.chunk - max(0, count))
            guard count >= 0 else {
                throw InputError(
                    file: name,
                    message: "cannot be read: \(String(cString: strerror(errno)))",
                    hint: "check the path"
                )
            }
            if count == 0 { isAtEnd = true }
            return
        }
    }
}

private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    #if canImport(Glibc)
    Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    #else
    Darwin.read(descriptor, buffer.baseAddress, buffer.count)
    #endif
}
