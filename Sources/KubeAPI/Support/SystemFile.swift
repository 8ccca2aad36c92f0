#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Small files, read whole: kubeconfigs, tokens, certificates.
enum SystemFile {
    /// Why a file could not be read, in the system's words.
    struct Failure: Error, Hashable {
        var code: Int32
        /// `no such file or directory`
        var text: String
        var isMissing: Bool { code == ENOENT || code == ENOTDIR }
    }

    /// At most 64 MiB; more than that is no file of these kinds.
    static func read(_ path: String) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        return try read(descriptor, limit: 64 << 20)
    }

    /// Reads to the end.
    static func read(_ descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = buffer.withUnsafeMutableBytes { bytes in
                #if canImport(Darwin)
                    Darwin.read(descriptor, bytes.baseAddress, bytes.count)
                #else
                    Glibc.read(descriptor, bytes.baseAddress, bytes.count)
                #endif
            }
            if count == 0 { return result }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw failure(errno)
            }
            guard result.count + count <= limit else { throw failure(EFBIG) }
            result.append(contentsOf: buffer[..<count])
        }
    }

    static func failure(_ code: Int32) -> Failure {
        Failure(code: code, text: String(cString: strerror(code)).lowercased())
    }

    /// The folder of a file's path; `.` for a bare name.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// A path as it stands when absolute, else below a folder.
    static func path(_ path: String, below folder: String) -> String {
        path.hasPrefix("/") || folder == "." ? path : folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }
}
