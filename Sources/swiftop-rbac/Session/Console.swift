import Inputs
import Syntax

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The program's own streams: results to standard output, everything else to standard error.
enum Console {
    /// Sees that a stream that the program was started without stays one that cannot be used: else the next file that is
    /// opened would take its number, and get what is meant for it.
    static func keepStreams() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // Of the lowest number that is free; the wrong direction, so that its use fails.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Writes all of `text`; a reader that went away ends the program quietly, as it does every other filter.
    static func writeOutput(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    /// Writes a line to standard error.
    static func writeError(_ text: String) {
        write(text.hasSuffix("\n") ? text : text + "\n", to: STDERR_FILENO)
    }

    /// Writes a message to standard error. It may hold what others wrote, which must not act on a terminal.
    static func writeMessage(_ text: String) {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\t" || scalar.properties.generalCategory != .control {
                shown.append(scalar)
            } else {
                shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            }
        }
        writeError(String(shown))
    }

    /// Writes to standard error without ending the line.
    static func writeRaw(_ text: String) {
        write(text, to: STDERR_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                #if canImport(Glibc)
                    let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                #else
                    let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
                #endif
                if count > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if count < 0, errno == EINTR {
                    continue
                } else {
                    failed(writing: descriptor, errno)
                }
            }
        }
    }

    private static func failed(writing descriptor: Int32, _ code: Int32) {
        // A closed pipe is the reader's choice; a full disk is not, and must not pass for a written result.
        if code == EPIPE { leave(ExitStatus.success.rawValue) }
        if descriptor == STDOUT_FILENO {
            write("error: standard output cannot be written: \(systemErrorWords(code))\n", to: STDERR_FILENO)
        }
        leave(ExitStatus.invalidInput.rawValue)
    }

    /// Whether a stream is a terminal.
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Columns of the terminal behind standard output, or `nil` where there is none.
    static var terminalWidth: Int? { terminalWidth(STDOUT_FILENO) }

    /// Columns of the terminal behind a stream.
    static func terminalWidth(_ descriptor: Int32) -> Int? { terminalSize(descriptor).map { $0.columns } }

    /// `nil` where there is no terminal behind a stream, or it does not say.
    static func terminalSize(_ descriptor: Int32) -> (rows: Int, columns: Int)? {
        guard isTerminal(descriptor) else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_row), Int(size.ws_col))
    }

    /// The folder that the process works in; empty where that cannot be told.
    static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }

    /// The value of an environment variable; `nil` where it is unset or empty.
    static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// Whether to colour a stream: the flag, then `NO_COLOR` (no-color.org), then whether it is a terminal.
    static func usesColor(_ choice: ColorChoice, _ descriptor: Int32 = STDOUT_FILENO) -> Bool {
        switch choice {
        case .always: true
        case .never: false
        case .auto:
            environment("NO_COLOR") == nil && environment("TERM") != "dumb" && isTerminal(descriptor)
        }
    }
}

extension ProgressBar {
    /// `nil` where standard error is no terminal that can take a line back.
    static func onTerminal() -> ProgressBar? {
        guard Console.isTerminal(2), Console.environment("TERM") != "dumb" else { return nil }
        return ProgressBar { Console.writeRaw($0) }
    }
}
