import Syntax

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes whole files: what was there before stays until the new text is complete.
enum FileOutput {
    /// Writes `text` to a temporary file beside `path` and renames it. A link is followed, so that it stays a link.
    ///
    /// - Throws: `InputError` that names the path and the reason.
    static func write(_ text: String, to path: String) throws(InputError) {
        let target = resolved(path)
        if isSpecial(target) { return try writeInPlace(text, to: target) }
        let temporary = "\(target).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode(of: target))
        guard descriptor >= 0 else { throw failure(path, errno) }
        do throws(InputError) {
            try writeAll(text, to: descriptor, path: path)
            guard fsync(descriptor) == 0, close(descriptor) == 0 else { throw failure(path, errno) }
            guard rename(temporary, target) == 0 else { throw failure(path, errno) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Writes to a pipe or a device, which cannot be replaced by a rename.
    private static func writeInPlace(_ text: String, to path: String) throws(InputError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        try writeAll(text, to: descriptor, path: path)
    }

    private static func writeAll(_ text: String, to descriptor: Int32, path: String) throws(InputError) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                    Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written)
                #else
                    Darwin.write(descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written)
                #endif
            }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                throw failure(path, errno)
            }
        }
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func isSpecial(_ path: String) -> Bool {
        var information = stat()
        guard stat(path, &information) == 0 else { return false }
        return information.st_mode & S_IFMT != S_IFREG && information.st_mode & S_IFMT != S_IFDIR
    }

    /// The mode of the file that is replaced, so that its permissions stay; else what the umask leaves of 0666.
    private static func mode(of path: String) -> mode_t {
        var information = stat()
        guard stat(path, &information) == 0 else { return 0o666 }
        return information.st_mode & 0o777
    }

    private static func failure(_ path: String, _ code: Int32) -> InputError {
        InputError(
            file: path,
            message: "cannot be written: \(String(cString: strerror(code)))",
            hint: "choose a place that you may write to"
        )
    }
}
