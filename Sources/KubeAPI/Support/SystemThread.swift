#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Threads of the system, for work that waits: the cooperative pool must not.
package enum SystemThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs something on a new detached thread. Should the system refuse one, it runs where it is called.
    package static func start(_ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(run))
        #if canImport(Darwin)
            var thread: pthread_t?
            let status = pthread_create(&thread, nil, { Self.enter($0) }, body.toOpaque())
            let handle = thread
        #else
            var thread = pthread_t()
            let status = pthread_create(&thread, nil, { Self.enter($0) }, body.toOpaque())
            let handle: pthread_t? = thread
        #endif
        guard status == 0, let handle else {
            body.takeRetainedValue().run()
            return
        }
        pthread_detach(handle)
    }

    /// Runs something that waits on a thread of its own, while the caller is suspended.
    package static func run<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            start { continuation.resume(returning: work()) }
        }
    }

    /// Lets a thread of its own sleep; never called from a task.
    package static func pause(milliseconds: Int) {
        usleep(UInt32(clamping: milliseconds) &* 1000)
    }

    private static func enter(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        // A write to a closed connection must fail, not end the process.
        var blocked = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
        if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
        return nil
    }
}
