#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The terminal that this process was started from, where it is in its foreground: the child becomes the foreground, so
/// that keys and signals reach it as if it had been started alone.
struct Terminal: Sendable {
    let descriptor: Int32
    private let ownGroup: pid_t
    private let settings: termios

    /// `nil` where standard input is no terminal, or another job has it.
    static var controlled: Terminal? {
        var settings = termios()
        guard isatty(STDIN_FILENO) == 1, tcgetpgrp(STDIN_FILENO) == getpgrp(),
            tcgetattr(STDIN_FILENO, &settings) == 0
        else { return nil }
        // The one in the background may write, and hand the terminal over.
        signal(SIGTTOU, SIG_IGN)
        return Terminal(descriptor: STDIN_FILENO, ownGroup: getpgrp(), settings: settings)
    }

    func give(to group: pid_t) { tcsetpgrp(descriptor, group) }

    func takeBack() { tcsetpgrp(descriptor, ownGroup) }

    /// As it was before the child, which may have died with the echo off.
    func restore() {
        var settings = settings
        tcsetattr(descriptor, TCSADRAIN, &settings)
    }
}
