import Syntax

/// Whether a file can be a log at all.
enum LogForm {
    /// - Throws: `InputError` for what is empty, compressed in a way that is not undone, or no text.
    static func check(_ head: UnsafeBufferPointer<UInt8>, name: String) throws(InputError) {
        guard !head.isEmpty else {
            throw InputError(
                file: name,
                message: "the file is empty",
                hint: "give it a log, a Status body or an error message"
            )
        }
        for (magic, what, command) in compressed where head.starts(with: magic) {
            throw InputError(
                file: name,
                message: "the file is \(what), not a log",
                hint: "unpack it first: \(command) \(name == "<stdin>" ? "FILE" : name) | swiftop-rbac explain -"
            )
        }
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
            throw InputError(
                file: name,
                message: "the file is UTF-16",
                hint: "convert it first: iconv -f UTF-16 -t UTF-8"
            )
        }
        guard isText(head.prefix(1 << 16)) else {
            throw InputError(file: name, message: "the file is binary, not a log", hint: "name a file of text")
        }
    }

    private static let compressed: [(magic: [UInt8], what: String, command: String)] = [
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed by xz", "xz -dc"),
        ([0x42, 0x5A, 0x68], "compressed by bzip2", "bzip2 -dc"),
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive", "unzip -p"),
    ]

    /// A log may hold stray bytes, and begins with zeros where it was cut while it was written; most of it is text.
    private static func isText(_ head: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let written = head.drop { $0 == 0 }
        let strange = written.count { $0 < 0x20 && ![0x09, 0x0A, 0x0D, 0x1B, 0x08, 0x0C].contains($0) }
        return strange * 20 <= written.count
    }
}
