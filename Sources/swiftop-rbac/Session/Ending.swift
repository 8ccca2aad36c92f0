import ArgumentParser
import Syntax

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Turns what a command threw into a text and an exit status.
func endProgram(with error: any Error, arguments: [String]) -> Never {
    exit(2)
}
