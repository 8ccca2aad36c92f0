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
        try Staged(text, for: path).commit()
    }

    /// A text that is complete beside the file whose place it is to take.
    struct Staged {
        private let path: String
        private let target: String
        private let temporary: String

        init(_ text: String, for path: String) throws(InputError) {
            self.path = path
            target = FileOutput.resolved(path)
            temporary = "\(target).\(getpid()).tmp"
            let information = FileOutput.information(of: target)
            let mode = information.map { $0.st_mode & 0o777 }
            let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode ?? 0o666)
            guard descriptor >= 0 else { throw FileOutput.failure(path, errno) }
            do throws(InputError) {
                try FileOutput.writeAll(text, to: descriptor, path: path)
                if let information, let mode {
                    // The mode first: whoever may not give files away keeps the rest.
                    guard fchmod(descriptor, mode) == 0 else { throw FileOutput.failure(path, errno) }
                    _ = fchown(descriptor, information.st_uid, information.st_gid)
                }
                guard fsync(descriptor) == 0, close(descriptor) == 0 else { throw FileOutput.failure(path, errno) }
            } catch {
                unlink(temporary)
                throw error
            }
        }

        /// Takes the file's place.
        func commit() throws(InputError) {
            guard rename(temporary, target) == 0 else {
                let code = errno
                unlink(temporary)
                throw FileOutput.failure(path, code)
            }
        }

        func discard() { unlink(temporary) }
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
        guard let information = information(of: path) else { return false }
        return information.st_mode & S_IFMT != S_IFREG && information.st_mode & S_IFMT != S_IFDIR
    }

    private static func information(of path: String) -> stat? {
        var information = stat()
        return stat(path, &information) == 0 ? information : nil
    }

    private static func failure(_ path: String, _ code: Int32) -> InputError {
        InputError(
            file: path,
            message: "cannot be written: \(systemErrorWords(code))",
            hint: "choose a place that you may write to"
        )
    }
}
