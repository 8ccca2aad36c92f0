import FoundationEssentials

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension ProcessSurroundings {
    /// Those of this process.
    ///
    /// - Parameter usesStandardInput: whether the command itself reads standard input, so that nobody else may.
    package static func current(usesStandardInput: Bool = false) -> ProcessSurroundings {
        ProcessSurroundings(
            environment: ProcessInfo.processInfo.environment,
            isInteractive: !usesStandardInput && isatty(STDIN_FILENO) == 1
        )
    }
}
