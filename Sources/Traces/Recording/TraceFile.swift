import Syntax

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What becomes of a trace that is there already.
package enum ExistingTrace: Hashable, Sendable {
    /// It is renamed to `PATH.old` at the first call.
    case replaced
    /// Calls are added to it.
    case extended
}

/// A trace file that follows a recording: new records are appended, known ones brought up to date in place.
///
/// Holds complete lines at every moment, also where the process is killed or the disk is full. Several writers may have
/// the same file: an advisory lock keeps them apart, and each changes its own lines only.
struct TraceFile {
    let path: String
    private let existing: ExistingTrace
    private let header: [UInt8]
    private var lines: [TraceLine] = []
    private var descriptor: Int32 = -1
    private var wasOpened = false

    /// - Parameter tool: who records, for the header.
    init(path: String, existing: ExistingTrace, tool: String) {
        self.path = path
        self.existing = existing
        self.header = Array(TraceWriter.header(tool: tool).utf8)
    }

    /// Takes records in, by their places; nothing is written yet. A new place is the next after the highest.
    mutating func take(_ changes: [(place: Int, record: CallTally.Record)]) {
        for (place, record) in changes.sorted(by: { $0.place < $1.place }) {
            if place < lines.count { lines[place].update(record) } else { lines.append(TraceLine(record)) }
        }
    }

    /// Whether something was taken in that the file does not hold.
    var isPending: Bool { lines.contains(where: \.isPending) }

    /// Writes what is pending.
    ///
    /// - Parameter attempts: how often to try, 10 ms apart, while another writer has the file.
    /// - Returns: whether everything is written; `false` where another writer has the file.
    /// - Throws: `InputError` that names the file; what is pending stays so.
    mutating func write(attempts: Int = 1) throws(InputError) -> Bool {
        guard isPending else { return true }
        try open()
        guard lock(attempts) else { return false }
        defer { flock(descriptor, LOCK_UN) }
        if try isGone() {
            // Removed or cut by somebody: what was recorded is written again, all of it.
            close()
            for place in lines.indices { lines[place].offset = nil }
            return try write(attempts: attempts)
        }
        try updateLines()
        try appendLines()
        return true
    }

    /// Makes a file that says that nothing was called, where there is no trace yet.
    mutating func writeHeader() throws(InputError) {
        guard lines.isEmpty, access(path, F_OK) != 0 else { return }
        try open()
        guard lock(1) else { return }
        defer { flock(descriptor, LOCK_UN) }
        if try information().st_size == 0 { try append(header) }
    }

    mutating func close() {
        if descriptor >= 0 { _ = systemClose(descriptor) }
        descriptor = -1
    }

    // MARK: - Lines

    /// Rewrites the ends of lines that stand where they were put; others are appended anew.
    private mutating func updateLines() throws(InputError) {
        for place in lines.indices where lines[place].isPending {
            guard let offset = lines[place].offset else { continue }
            let line = lines[place]
            guard holds(line, at: offset) else {
                lines[place].offset = nil
                continue
            }
            try put(line.tail, at: offset + line.head.count)
            lines[place].isPending = false
        }
    }

    /// Whether a line is still where it was put: its first bytes, and the end of it.
    private func holds(_ line: TraceLine, at offset: Int) -> Bool {
        let found = get(line.head.count + line.tail.count, at: offset)
        return found.count == line.head.count + line.tail.count && found.starts(with: line.head)
            && found.last == line.tail.last
    }

    private mutating func appendLines() throws(InputError) {
        let places = lines.indices.filter { lines[$0].offset == nil }
        guard !places.isEmpty else { return }
        try endLastLine()
        var bytes = try information().st_size == 0 ? header : []
        var offsets: [Int] = []
        for place in places {
            offsets.append(bytes.count)
            bytes += lines[place].head
            bytes += lines[place].tail
        }
        let start = try append(bytes)
        for (place, offset) in zip(places, offsets) {
            lines[place].offset = start + offset
            lines[place].isPending = false
        }
    }

    // MARK: - The file

    private mutating func open() throws(InputError) {
        guard descriptor < 0 else { return }
        if !wasOpened, existing == .replaced { try moveAway() }
        descriptor = systemOpen(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o666)
        guard descriptor >= 0 else { throw failure(errno) }
        do throws(InputError) {
            guard try information().st_mode & S_IFMT == S_IFREG else { throw notAFile }
            try requireLines()
        } catch {
            close()
            throw error
        }
        wasOpened = true
    }

    private func moveAway() throws(InputError) {
        var information = stat()
        guard stat(path, &information) == 0 else { return }
        guard information.st_mode & S_IFMT == S_IFREG else { throw notAFile }
        guard rename(path, path + ".old") == 0 else { throw failure(errno) }
    }

    /// - Throws: `InputError` for a file that is something else than one JSON object a line: lines added to it would
    ///   spoil it.
    private func requireLines() throws(InputError) {
        let window = ByteWindow(descriptor: descriptor, name: path)
        switch try TraceForm.detect(window) {
        case .records where !window.isCompressed, .empty: return
        default:
            throw InputError(
                file: path,
                message: "calls cannot be added to a trace that is not one JSON object a line",
                hint: "record to another file, or turn this one into lines: swiftop-rbac trace import \(path)"
            )
        }
    }

    /// Whether the file is no longer the one that was written: deleted, or shorter than it was.
    private func isGone() throws(InputError) -> Bool {
        let information = try information()
        let end = lines.compactMap { line in line.offset.map { $0 + line.head.count + line.tail.count } }.max() ?? 0
        return information.st_nlink == 0 || Int(information.st_size) < end
    }

    /// A recorder that was killed may have left half a line, which no reader takes; what is whole but for its line feed
    /// gets one.
    private func endLastLine() throws(InputError) {
        let size = Int(try information().st_size)
        guard size > 0, get(1, at: size - 1) != [0x0A] else { return }
        let rest = get(min(size, TraceReader.maximumLine), at: max(0, size - TraceReader.maximumLine))
        let start = rest.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let isWhole = rest[start...].withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            return (try? scanner.skip()) != nil
        }
        if isWhole {
            try append([0x0A])
        } else {
            guard ftruncate(descriptor, off_t(size - rest.count + start)) == 0 else { throw failure(errno) }
        }
    }
}

// MARK: - System calls

extension TraceFile {
    private func lock(_ attempts: Int) -> Bool {
        for attempt in 1...max(1, attempts) {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            if attempt < attempts { usleep(10_000) }
        }
        return false
    }

    private func information() throws(InputError) -> stat {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw failure(errno) }
        return information
    }

    /// Writes at the end, wherever others have moved it, and takes back what the disk had no room for.
    ///
    /// - Returns: where the bytes begin.
    @discardableResult
    private func append(_ bytes: [UInt8]) throws(InputError) -> Int {
        guard fcntl(descriptor, F_SETFL, O_APPEND) == 0 else { throw failure(errno) }
        let (written, code) = bytes.withUnsafeBytes { Self.writeAll($0, to: descriptor) }
        // A position at the end would be wrong for `put` on a descriptor that still appends.
        guard fcntl(descriptor, F_SETFL, 0) == 0 else { throw failure(errno) }
        let start = Int(lseek(descriptor, 0, SEEK_CUR)) - written
        guard written == bytes.count else {
            if written > 0, Int(try information().st_size) == start + written { ftruncate(descriptor, off_t(start)) }
            throw failure(code)
        }
        return start
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> (written: Int, code: Int32) {
        var written = 0
        while written < bytes.count, let base = bytes.baseAddress {
            let count = systemWrite(descriptor, base + written, bytes.count - written)
            if count > 0 { written += count } else if errno != EINTR { return (written, errno) }
        }
        return (written, 0)
    }

    private func put(_ bytes: [UInt8], at offset: Int) throws(InputError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(
                    descriptor,
                    $0.baseAddress?.advanced(by: written),
                    bytes.count - written,
                    off_t(offset + written)
                )
            }
            if count > 0 { written += count } else if errno != EINTR { throw failure(errno) }
        }
    }

    /// Up to `count` bytes from `offset` on.
    private func get(_ count: Int, at offset: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, found in
            while found < count {
                let more = pread(
                    descriptor,
                    buffer.baseAddress?.advanced(by: found),
                    count - found,
                    off_t(offset + found)
                )
                if more > 0 { found += more } else if more == 0 || errno != EINTR { return }
            }
        }
    }

    /// Another writer has had the file for as long as one may wait.
    var isHeld: InputError {
        InputError(
            file: path,
            message: "the trace cannot be written: another process holds a lock on it",
            hint: "look which one it is (lsof \(path)), or record to a file of one's own"
        )
    }

    private var notAFile: InputError {
        InputError(
            file: path,
            message: "a trace is recorded to a file, and this is none",
            hint: "name a file that does not exist yet"
        )
    }

    private func failure(_ code: Int32) -> InputError {
        InputError(
            file: path,
            message: "the trace cannot be written: \(systemErrorWords(code))",
            hint: code == ENOSPC || code == EDQUOT
                ? "make room; recording goes on, and what is missing is written then"
                : "record to a place that you may write to"
        )
    }
}

// The names that methods above would hide.

private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
