import Syntax

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A log or a trace that is open to be read; closed with the last use.
final class InputFile {
    let descriptor: Int32
    /// The file in errors and origins.
    let name: String

    /// Opens a file, or standard input as `-`.
    ///
    /// - Parameter hint: what to do where the file is missing.
    /// - Throws: `InputError` for what is missing, a folder, or may not be read.
    init(_ path: String, hint: String) throws(InputError) {
        guard path != "-" else {
            (descriptor, name) = (STDIN_FILENO, "<stdin>")
            return
        }
        (descriptor, name) = (open(path, O_RDONLY | O_CLOEXEC), path)
        guard descriptor >= 0 else {
            let isMissing = errno == ENOENT || errno == ENOTDIR
            throw InputError(
                file: path,
                message: isMissing ? "no such file" : "cannot be read: \(systemErrorWords(errno))",
                hint: isMissing ? hint : "give yourself the right to read it"
            )
        }
        var information = stat()
        if fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFDIR {
            throw InputError(file: path, message: "this is a folder, not a file", hint: "name a file in it")
        }
    }

    deinit { if descriptor > STDERR_FILENO { close(descriptor) } }
}
