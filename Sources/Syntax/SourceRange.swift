/// A place in a text file.
package struct SourceLocation: Hashable, Sendable, Comparable {
    /// From 1.
    package var line: Int
    /// From 1, counted in Unicode scalars, as editors and compilers show it.
    package var column: Int
    /// Bytes of UTF-8 before this place, from the start of the file (a byte order mark included).
    package var offset: Int

    package init(line: Int, column: Int, offset: Int) {
        self.line = line
        self.column = column
        self.offset = offset
    }

    package static let start = SourceLocation(line: 1, column: 1, offset: 0)

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.offset < rhs.offset }
}

/// A stretch of a text file, from `start` up to and not including `end`.
package struct SourceRange: Hashable, Sendable {
    /// The file as the user named it, or `<stdin>`.
    package var file: String
    package var start: SourceLocation
    package var end: SourceLocation

    package init(file: String, start: SourceLocation, end: SourceLocation) {
        self.file = file
        self.start = start
        self.end = end
    }
}

/// A text that could not be read: what is wrong in one line, where, and what to do about it in the next.
///
/// Every file that users hand in (manifests, traces, profiles, kubeconfigs) fails with this one type, so that all such
/// errors read alike.
package struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file as the user named it, `<stdin>`, or the flag whose value it is (`--need`).
    package var file: String
    /// `nil` where the whole file is meant: missing, unreadable, empty.
    package var location: SourceLocation?
    /// Lower case, no final period, user input in backticks.
    package var message: String
    /// What to do, as a sentence of its own; empty where nothing helps beyond the message.
    package var hint: String

    package init(file: String, location: SourceLocation? = nil, message: String, hint: String = "") {
        self.file = file
        self.location = location
        self.message = message
        self.hint = hint
    }

    /// `FILE:LINE:COLUMN: error: MESSAGE`, then the hint on a line of its own.
    package var description: String {
        let place = location.map { "\(file):\($0.line):\($0.column)" } ?? file
        return hint.isEmpty ? "\(place): error: \(message)" : "\(place): error: \(message)\n  hint: \(hint)"
    }
}
