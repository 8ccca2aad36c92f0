#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What somebody pastes into the terminal.
///
/// A terminal hands over whole lines, and of each no more than 4095 bytes; log lines with a stack trace are longer. So it is
/// asked for every byte as it comes, and gets its settings back at the end.
struct TerminalPaste {
    private let descriptor: Int32
    /// More than anybody pastes.
    private static let limit = 64 << 20

    /// - Parameter descriptor: of a terminal.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Asks for a text and reads up to Ctrl-D.
    func read() -> String {
        Console.writeError("Paste an error message or a log, and end it with Ctrl-D:")
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else { return bytes().text }
        var byByte = settings
        byByte.c_lflag &= ~tcflag_t(ICANON | ISIG)
        tcsetattr(descriptor, TCSANOW, &byByte)
        let pasted = bytes()
        tcsetattr(descriptor, TCSANOW, &settings)
        // This thread takes no signals; the status is that of a program that one ended.
        if let signal = pasted.signal { leave(128 + signal) }
        Console.writeError("")
        return pasted.text
    }

    private func bytes() -> (text: String, signal: Int32?) {
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while text.count < Self.limit {
            let count = readPart(into: &part)
            guard count > 0 else { break }
            for byte in part[..<count] {
                switch byte {
                case 0x03: return ("", SIGINT)
                case 0x1C: return ("", SIGQUIT)
                case 0x04: return (String(decoding: text, as: UTF8.self), nil)
                // Backspace.
                case 0x7F where text.last != 0x0A: _ = text.popLast()
                default: text.append(byte)
                }
            }
        }
        return (String(decoding: text, as: UTF8.self), nil)
    }

    private func readPart(into part: inout [UInt8]) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, &part, part.count)
            #else
                let count = Darwin.read(descriptor, &part, part.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }
}
