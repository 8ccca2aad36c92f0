package import Syntax

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads files and folders, with errors in words that say what to do.
package enum FileAccess {
    package enum Kind: Sendable {
        case file, folder, missing
        /// A socket, a device.
        case other
    }

    package static func kind(of path: String) -> Kind {
        var information = stat()
        guard stat(path, &information) == 0 else { return .missing }
        switch information.st_mode & S_IFMT {
        case S_IFREG, S_IFIFO, S_IFCHR: return .file
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    /// The bytes of a file; at most `limit`, so that a device without an end is no trap.
    static func read(_ path: String, limit: Int) throws(InputError) -> [UInt8] {
        switch kind(of: path) {
        case .missing where errno == ENOENT || errno == ENOTDIR:
            throw InputError(file: path, message: "no such file or folder", hint: "check the path, or name it with -r")
        case .missing:
            throw failure(path, errno)
        case .folder:
            throw InputError(file: path, message: "this is a folder, and a file is needed", hint: "name a file in it")
        case .other:
            throw InputError(file: path, message: "this is no file", hint: "name a file")
        case .file:
            break
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        return try read(descriptor, name: path, limit: limit)
    }

    /// All bytes of a small file, such as a profile.
    package static func contents(of path: String) throws(InputError) -> [UInt8] { try read(path, limit: 16 << 20) }

    /// All bytes of an open file.
    package static func read(_ descriptor: Int32, name: String, limit: Int) throws(InputError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = buffer.withUnsafeMutableBytes { readBytes(descriptor, $0) }
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw failure(name, errno)
            }
            bytes += buffer[..<count]
            guard bytes.count <= limit else {
                throw InputError(
                    file: name,
                    message: "the file has more than \(limit >> 20) MiB",
                    hint: "split it, or give the part that holds roles and bindings"
                )
            }
        }
    }

    private static func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
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

    private static func failure(_ path: String, _ code: Int32) -> InputError {
        InputError(
            file: path,
            message: "cannot be read: \(String(cString: strerror(code)))",
            hint: code == EACCES ? "give yourself the right to read it" : "check the path"
        )
    }
}
