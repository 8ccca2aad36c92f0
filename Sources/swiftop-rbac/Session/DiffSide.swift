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
        if argument == "-" { try spoolStandardInput() }
        if isTrace(argument) { return .trace(try InputLoader.trace(argument), label: argument) }
        var options = ManifestOptions()
        options.roles = [argument]
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

    /// Puts standard input into a file without a name, so that it can be looked at before it is read.
    private static func spoolStandardInput() throws(CommandFailure) {
        let bytes = try CommandFailure.during(.manifests) { () throws(InputError) in
            try FileAccess.read(STDIN_FILENO, name: "<stdin>", limit: 1 << 30)
        }
        guard let file = tmpfile() else {
            throw CommandFailure(
                .manifests,
                "<stdin>: error: no room for a temporary file\n  hint: name a file instead"
            )
        }
        bytes.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) }
        fflush(file)
        lseek(fileno(file), 0, SEEK_SET)
        dup2(fileno(file), STDIN_FILENO)
        fclose(file)
    }
}
