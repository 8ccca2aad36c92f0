import Diagnosis
import Manifests
import Syntax
import Traces

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One side of `diff`, read: what it is was told by its content.
enum DiffSide {
    case manifests(ManifestSet, label: String)
    case trace(Trace, label: String)
    case cluster

    /// Reads a path, `-`, or the word `cluster`.
    static func read(_ argument: String) throws(CommandFailure) -> DiffSide {
        if argument == "cluster" { return .cluster }
        let path = try lasting(argument)
        if isTrace(path) { return .trace(try InputLoader.trace(path), label: argument) }
        var options = ManifestOptions()
        options.roles = [path]
        guard let set = try InputLoader.manifests(options) else { return .cluster }
        return .manifests(set, label: argument)
    }

    /// Whether a file holds calls rather than objects, by its first part. What cannot be read is left to the reader of
    /// manifests, which says why.
    private static func isTrace(_ path: String) -> Bool { TraceReader.holdsCalls(head: head(of: path)) }

    private static func head(of path: String) -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { if path != "-" { close(descriptor) } }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(0, count)))
    }

    // MARK: - Pipes

    /// A path that can be read more than once. What comes through a pipe, standard input or `<(command)`, is put into a file
    /// without a name, so that it can be looked at before it is read.
    private static func lasting(_ argument: String) throws(CommandFailure) -> String {
        if argument == "-" {
            try spool(STDIN_FILENO, name: "<stdin>")
            return argument
        }
        var information = stat()
        guard stat(argument, &information) == 0, information.st_mode & S_IFMT == S_IFIFO else { return argument }
        let folder = "/dev/fd/"
        let inherited = argument.hasPrefix(folder) ? Int32(argument.dropFirst(folder.count)) : nil
        let pipe = inherited ?? open(argument, O_RDONLY)
        guard pipe >= 0 else { return argument }
        try spool(pipe, name: argument)
        return "\(folder)\(pipe)"
    }

    /// Reads a pipe to its end and puts a file of the same content in its place.
    private static func spool(_ pipe: Int32, name: String) throws(CommandFailure) {
        let bytes = try CommandFailure.during(.manifests) { () throws(InputError) in
            try FileAccess.read(pipe, name: name, limit: 1 << 30)
        }
        guard let file = tmpfile() else {
            throw CommandFailure(
                .manifests,
                "\(name): error: no room for a temporary file\n  hint: name a file instead"
            )
        }
        bytes.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) }
        fflush(file)
        lseek(fileno(file), 0, SEEK_SET)
        dup2(fileno(file), pipe)
        fclose(file)
    }
}
