#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A folder for one run's kubeconfig, that nobody else may enter; removed at the end, or by the next run.
struct RunFolder: ~Copyable {
    let path: String
    private let lock: Int32

    private static let prefix = "swiftop-rbac-run-"
    private static let lockName = "lock"
    private static let kubeconfigName = "kubeconfig"

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// - Throws: where no folder can be made.
    init(environment: [String: String]) throws(Failure) {
        let parent = Self.parent(environment)
        Self.removeStale(in: parent)
        var template = Array("\(parent)/\(Self.prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(
                description: "\(parent): no folder can be made: \(String(cString: strerror(errno)).lowercased())"
            )
        }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        lock = open("\(path)/\(Self.lockName)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        flock(lock, LOCK_EX)
    }

    deinit {
        Self.remove(path)
        close(lock)
    }

    /// Writes the child's kubeconfig, readable by the user alone, and gives its path.
    borrowing func write(kubeconfig text: String) throws(Failure) -> String {
        let file = "\(path)/\(Self.kubeconfigName)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0, writeText(descriptor, text), close(descriptor) == 0 else {
            throw Failure(description: "\(file): cannot be written: \(String(cString: strerror(errno)).lowercased())")
        }
        return file
    }

    /// `XDG_RUNTIME_DIR`, which is the user's own and in memory; else the folder for temporary files.
    private static func parent(_ environment: [String: String]) -> String {
        let candidates = [environment["XDG_RUNTIME_DIR"], environment["TMPDIR"]].compactMap { $0 }
        return candidates.first { $0.hasPrefix("/") && access($0, W_OK) == 0 } ?? "/tmp"
    }

    /// Removes folders of runs that were killed: their locks are free.
    private static func removeStale(in parent: String) {
        guard let folder = opendir(parent) else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.hasPrefix(prefix) else { continue }
            let path = "\(parent)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.st_uid == getuid(), status.st_mode & S_IFMT == S_IFDIR else {
                continue
            }
            if isStale(path, status) { remove(path) }
        }
    }

    private static func isStale(_ path: String, _ status: stat) -> Bool {
        let lock = open("\(path)/\(lockName)", O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        // Another run may just be making it.
        guard lock >= 0 else { return time(nil) - status.st_mtim.tv_sec > 60 }
        defer { close(lock) }
        return flock(lock, LOCK_EX | LOCK_NB) == 0
    }

    private static func remove(_ path: String) {
        unlink("\(path)/\(kubeconfigName)")
        unlink("\(path)/\(lockName)")
        rmdir(path)
    }
}

/// Writes all of it; `errno` says why not.
private func writeText(_ descriptor: Int32, _ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
        var rest = UnsafeRawBufferPointer(bytes)
        while !rest.isEmpty {
            let count = write(descriptor, rest.baseAddress, rest.count)
            if count > 0 { rest = .init(rebasing: rest[count...]) } else if errno != EINTR { return false }
        }
        return true
    }
}
