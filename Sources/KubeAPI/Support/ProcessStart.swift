#if canImport(Darwin)
    package import Darwin
#else
    package import Glibc
#endif

/// A program that is to be started: with no signal blocked, and with those as usual that this process may ignore.
package struct ProcessStart {
    #if canImport(Darwin)
        package typealias FileActions = posix_spawn_file_actions_t?
    #else
        package typealias FileActions = posix_spawn_file_actions_t
    #endif

    private static let defaultSignals = [SIGPIPE, SIGXFSZ, SIGTTOU]

    private let path: String
    private let arguments: [String]
    private let environment: [String: String]
    private let isGroup: Bool

    /// - Parameters:
    ///   - arguments: the first is the name that it goes by.
    ///   - isGroup: it gets a process group of its own.
    package init(path: String, arguments: [String], environment: [String: String], isGroup: Bool = false) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.isGroup = isGroup
    }

    /// Starts it.
    ///
    /// - Parameter prepare: says what becomes of the standard streams.
    /// - Returns: its process identifier, or the system's error number.
    package func callAsFunction(_ prepare: (inout FileActions) -> Void) -> (process: pid_t, error: Int32) {
        #if canImport(Darwin)
            var actions: FileActions = nil
            var attributes: posix_spawnattr_t?
        #else
            var actions = FileActions()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        prepare(&actions)
        var (none, defaults) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigemptyset(&defaults)
        for signal in Self.defaultSignals { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (isGroup ? POSIX_SPAWN_SETPGROUP : 0)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child = pid_t()
        let error = posix_spawn(&child, path, &actions, &attributes, argv, envp)
        return (child, error)
    }
}
