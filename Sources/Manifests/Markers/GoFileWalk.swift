#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds the Go files of a project, as `./...` means them; nested modules are read as controller-gen reads them.
///
/// cmd/go: `go help packages`: folders that start with `.` or `_`, and those called `testdata` or `vendor`, hold no packages of
/// the project, and neither do links to folders. `node_modules` is left out, too.
struct GoFileWalk {
    /// A file by its path from the root.
    private(set) var files: [String] = []
    private static let skipped: Set<String> = ["testdata", "vendor", "node_modules"]

    init(root: String) {
        var folders = [""]
        while let folder = folders.popLast() {
            let path = folder.isEmpty ? root : "\(root)/\(folder)"
            guard let directory = opendir(path) else { continue }
            while let entry = readdir(directory) { add(entry, in: folder, of: root, &folders) }
            closedir(directory)
        }
        files.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private mutating func add(
        _ entry: UnsafeMutablePointer<dirent>,
        in folder: String,
        of root: String,
        _ folders: inout [String]
    ) {
        // Neither `.hidden` nor `_ignored`; told from the bytes, since a big project has many names that do not matter.
        let type = Int32(entry.pointee.d_type)
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { bytes -> String? in
                guard bytes[0] != 0x2E, bytes[0] != 0x5F else { return nil }
                let length = strlen(bytes)
                let isGo =
                    length > 3 && bytes[length - 3] == 0x2E && bytes[length - 2] == 0x67 && bytes[length - 1] == 0x6F
                return isGo || type != Int32(DT_REG) ? String(cString: bytes) : nil
            }
        }
        guard let name else { return }
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        switch type {
        case Int32(DT_DIR):
            if !Self.skipped.contains(name) { folders.append(path) }
        case Int32(DT_REG):
            files.append(path)
        case Int32(DT_UNKNOWN), Int32(DT_LNK):
            addUnknown(path, name, isLink: type == Int32(DT_LNK), root, &folders)
        default:
            return
        }
    }

    private mutating func addUnknown(
        _ path: String,
        _ name: String,
        isLink: Bool,
        _ root: String,
        _ folders: inout [String]
    ) {
        switch FileAccess.kind(of: "\(root)/\(path)") {
        case .folder where !isLink && !Self.skipped.contains(name): folders.append(path)
        case .file where name.hasSuffix(".go"): files.append(path)
        default: return
        }
    }
}

/// Reads one file after another into the same memory.
struct GoFileReader {
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    private static let largest = 16 << 20

    /// Hands the bytes of a file over, with a NUL behind them; those of one that cannot be read, or is larger than any source file, not.
    mutating func read<Value>(_ path: String, _ body: (UnsafeBufferPointer<UInt8>) -> Value?) -> Value? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var length = 0
        while true {
            // One byte more, for the NUL at the end.
            if length + 1 >= buffer.count {
                guard length < Self.largest else { return nil }
                buffer += [UInt8](repeating: 0, count: buffer.count)
            }
            let count = buffer.withUnsafeMutableBytes { bytes -> Int in
                #if canImport(Glibc)
                    Glibc.read(descriptor, bytes.baseAddress?.advanced(by: length), bytes.count - 1 - length)
                #else
                    Darwin.read(descriptor, bytes.baseAddress?.advanced(by: length), bytes.count - 1 - length)
                #endif
            }
            if count < 0 {
                guard errno == EINTR else { return nil }
                continue
            }
            if count == 0 { break }
            length += count
        }
        buffer[length] = 0
        return buffer.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<length])) }
    }

    /// Whether a text ending in NUL holds another one, as the C library finds it.
    static func contains(_ bytes: UnsafeBufferPointer<UInt8>, _ needle: StaticString) -> Bool {
        guard let start = bytes.baseAddress else { return false }
        return start.withMemoryRebound(to: CChar.self, capacity: bytes.count + 1) { text in
            needle.utf8Start.withMemoryRebound(to: CChar.self, capacity: needle.utf8CodeUnitCount + 1) {
                strstr(text, $0) != nil
            }
        }
    }
}
