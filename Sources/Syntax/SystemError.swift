#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The system's words for an error number, as they stand in the middle of a message: `permission denied`.
package func systemErrorWords(_ code: Int32) -> String {
    let text = String(cString: strerror(code))
    return text.prefix(1).lowercased() + text.dropFirst()
}
