import ArgumentParser
import Syntax

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension SwiftopRBACCommand {
    /// Turns what a command threw into a text and an exit status.
    static func end(with error: any Error, arguments: [String]) -> Never {
        exit(2)
    }
}
