#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One run of `h2load`, and what it printed.
struct H2Load {
    /// Requests a second.
    let rate: Double
    let succeeded: Int
    /// Of answers' bodies.
    let bytes: Int

    /// - Parameters:
    ///   - options: connections, streams, requests; without the token.
    ///   - token: for `Authorization`.
    init(_ program: String, _ options: [String], _ url: String, token: String?) {
        let header = token.map { ["-H", "authorization: Bearer \($0)"] } ?? []
        let words = ([program] + options + header + [url]).map { "'\($0)'" }.joined(separator: " ")
        var (rate, succeeded, bytes) = (0.0, 0, 0)
        for line in Self.lines(of: words + " 2> /dev/null") {
            let numbers = Self.numbers(in: line)
            if line.hasPrefix("finished in ") {
                rate = Self.number(before: " req/s", in: line) ?? 0
            } else if line.hasPrefix("requests: ") {
                succeeded = numbers.count > 3 ? Int(numbers[3]) : 0
            } else if line.hasPrefix("traffic: "), let open = line.split(separator: "(").last {
                bytes = Int(Self.numbers(in: open).first ?? 0)
            }
        }
        (self.rate, self.succeeded, self.bytes) = (rate, succeeded, bytes)
    }

    static func lines(of command: String) -> [Substring] {
        guard let pipe = popen(command, "r") else { return [] }
        defer { pclose(pipe) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { text += buffer[..<count] }
        return String(decoding: text, as: UTF8.self).split(separator: "\n")
    }

    private static func numbers(in text: Substring) -> [Double] {
        text.split { !$0.isNumber && $0 != "." }.compactMap { Double($0) }
    }

    private static func number(before unit: String, in line: Substring) -> Double? {
        line.split(separator: ",").first { $0.hasSuffix(unit) }.flatMap { numbers(in: $0).first }
    }
}
