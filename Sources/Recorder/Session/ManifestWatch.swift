#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Notices that files have changed, by what the system knows about them.
package struct FileStamps: Hashable, Sendable {
    private struct Stamp: Hashable {
        var seconds = 0
        var nanoseconds = 0
        var size: Int64 = -1
        var inode: UInt64 = 0
    }

    private var stamps: [Stamp]

    package init(_ paths: [String]) {
        stamps = paths.map { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return Stamp() }
            #if canImport(Darwin)
                let time = status.st_mtimespec
            #else
                let time = status.st_mtim
            #endif
            return Stamp(
                seconds: Int(time.tv_sec),
                nanoseconds: Int(time.tv_nsec),
                size: Int64(status.st_size),
                inode: UInt64(status.st_ino)
            )
        }
    }
}
