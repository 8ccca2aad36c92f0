package import Syntax

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads files and folders, with errors in words that say what to do.
package enum FileAccess {
    package enum Kind: Sendable, Equatable {
        /// A file whose bytes end.
        case file
        case folder
        /// A pipe or a device, such as `/dev/stdin` or a shell's `<(…)`: read where it is named, never met on a walk.
        case stream
        /// A socket, a disk.
        case other
        /// Nothing is there.
        case missing
        /// Something may be there; the error number says why that can't be told.
        case unreachable(Int32)
    }

    /// What a path leads to, links followed.
    package static func kind(of path: String) -> Kind {
        var information = stat()
        guard stat(path, &information) == 0 else {
            let code = errno
            return code == ENOENT || code == ENOTDIR ? .missing : .unreachable(code)
        }
        switch information.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        case S_IFIFO, S_IFCHR: return .stream
        default: return .other
        }
    }

    /// Whether a file says that it is not to be written to: by its mode, which binds even root here, or by who asks.
    package static func isReadOnly(_ path: String) -> Bool {
        var information = stat()
        guard stat(path, &information) == 0 else { return false }
        return information.st_mode & 0o222 == 0 || access(path, W_OK) != 0
    }

    /// The bytes of a file; at most `limit`, so that a device without an end is no trap.
    package static func read(_ path: String, limit: Int = YAMLLimits.default.bytes) throws(InputError) -> [UInt8] {
        switch kind(of: path) {
        case .missing:
            throw InputError(file: path, message: "no such file or folder", hint: "check the path")
        case .unreachable(let code):
            throw failure(path, code)
        case .folder:
            throw InputError(file: path, message: "this is a folder, and a file is needed", hint: "name a file in it")
        case .other:
            throw InputError(
                file: path,
                message: "this is no file",
                hint: "name a file, a folder or - for standard input"
            )
        case .file, .stream:
            break
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        return try read(descriptor, name: path, limit: limit)
    }

    /// All bytes of an open file.
    package static func read(_ descriptor: Int32, name: String, limit: Int) throws(InputError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let (count, code) = buffer.withUnsafeMutableBytes { readBytes(descriptor, $0) }
            if count == 0 { return bytes }
            guard count > 0 else {
                if code == EINTR { continue }
                throw failure(name, code)
            }
            bytes += buffer[..<count]
            guard bytes.count <= limit else { throw YAMLParser.tooLarge(file: name, limit: limit) }
        }
    }

    private static func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> (Int, Int32) {
        #if canImport(Glibc)
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
        return (count, count < 0 ? errno : 0)
    }

    /// The names in a folder, sorted by bytes, hidden ones left out.
    static func names(in folder: String) throws(InputError) -> [String] {
        guard let directory = opendir(folder) else { throw failure(folder, errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The path without links and dots, by which two names of one folder are told to be the same.
    static func canonical(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// The error of a system call, in words.
    static func failure(_ path: String, _ code: Int32) -> InputError {
        let hint =
            switch code {
            case EACCES, EPERM: "give yourself the right to read it"
            case ELOOP: "its links lead in a circle"
            default: "check the path"
            }
        return InputError(file: path, message: "cannot be read: \(systemErrorWords(code))", hint: hint)
    }
}

/// Paths as texts: joined and tidied, never resolved.
enum FilePath {
    /// `name` as seen from `folder`; an absolute `name` stays.
    static func joined(_ folder: String, _ name: String) -> String {
        name.hasPrefix("/") ? normalized(name) : normalized("\(folder)/\(name)")
    }

    /// `a/b/../c` as `a/c`, so that a message names the path that a person would.
    static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: true) where part != "." {
            if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
        }
        let text = parts.joined(separator: "/")
        return path.hasPrefix("/") ? "/" + text : text.isEmpty ? "." : text
    }

    static func parent(of path: String) -> String { joined(path, "..") }

    static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    static func isManifest(_ name: String) -> Bool { [".yaml", ".yml", ".json"].contains(where: name.hasSuffix) }
}
