#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The time of day, by which credentials and cached answers grow old.
enum Clock {
    /// Seconds since 1970.
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
