import KubeAPI
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the handler writes the numbers of signals; only a number may be touched there.
private let signalPipe = Atomic<Int32>(-1)

/// Hands the signals that this process gets on to the child's group.
enum SignalRelay {
    private static let relayed = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH]

    /// From here on signals go to the group instead of ending this process. Called once a process.
    static func start(to group: pid_t) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        signalPipe.store(ends[1], ordering: .sequentiallyConsistent)
        for number in relayed {
            signal(number) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(signalPipe.load(ordering: .relaxed), &byte, 1)
            }
        }
        let source = ends[0]
        SystemThread.start {
            var byte: UInt8 = 0
            while true {
                let count = read(source, &byte, 1)
                if count == 1 { kill(-group, Int32(byte)) } else if errno != EINTR { return }
            }
        }
    }
}
