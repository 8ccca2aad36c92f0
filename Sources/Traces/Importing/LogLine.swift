import Syntax

/// A line of a log around the URL of a request.
struct LogLine {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var url: Range<Int> = 0..<0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Finds the URL whose `://` stands at a place.
    mutating func moveToURL(around mark: Int) -> Bool {
        for scheme in ["https", "http"] {
            let start = mark - scheme.utf8.count
            guard start >= 0, bytes[start..<mark].elementsEqual(scheme.utf8) else { continue }
            url = start..<urlEnd(from: mark)
            return true
        }
        return false
    }

    private func urlEnd(from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case 0x00...0x20, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"): return index
            case UInt8(ascii: "\\"):
                // An ampersand as some JSON writers spell it.
                guard bytes[index...].starts(with: #"\u0026"#.utf8) else { return index }
                index += 6
            default: index += 1
            }
        }
        return index
    }

    private var urlText: String {
        let text = String(decoding: bytes[url], as: UTF8.self)
        return text.contains("\\")
            ? text.split(separator: #"\u0026"#, omittingEmptySubsequences: false).joined(separator: "&") : text
    }

    /// Where the line starts with a time, as `kubectl logs --timestamps` and most loggers write it.
    var leadingTime: Timestamp? {
        guard let first = bytes.first, first &- 0x30 < 10 else { return nil }
        let end = bytes.prefix(40).firstIndex { $0 <= 0x20 } ?? min(40, bytes.count)
        return Timestamp(UnsafeBufferPointer(rebasing: bytes[..<end]))
    }

    // MARK: - The forms

    /// `verb="GET" url="https://…" status="403 Forbidden"`, with any quotes, escapes and separators.
    func structuredCall(time: Timestamp?) -> ClientCall? {
        guard let method = structuredMethod, let place = range(of: "status", from: url.upperBound) else { return nil }
        return ClientCall(method: method, url: urlText, status: digits(after: place.upperBound), time: time)
    }

    /// `GET https://… 403 Forbidden in 9 milliseconds`, and urllib3's `https://HOST:443 "GET /api HTTP/1.1" 403 288`.
    func plainCall(time: Timestamp?) -> ClientCall? {
        if let method = plainMethod, range(of: " milliseconds", from: url.upperBound) != nil {
            return ClientCall(method: method, url: urlText, status: digits(after: url.upperBound), time: time)
        }
        let rest = bytes[url.upperBound...]
        guard rest.starts(with: " \"".utf8) else { return nil }
        let words = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "\"") }.split(separator: 0x20)
        guard words.count == 3, Self.isMethod(words[0]), words[2].starts(with: "HTTP/".utf8) else { return nil }
        return ClientCall(
            method: String(decoding: words[0], as: UTF8.self),
            url: urlText + String(decoding: words[1], as: UTF8.self),
            status: digits(after: words[2].endIndex),
            time: time
        )
    }

    /// A request's own line, without its answer.
    func openRequest(time: Timestamp?) -> ClientCall? {
        if let method = structuredMethod { return ClientCall(method: method, url: urlText, time: time) }
        let isLast = bytes[url.upperBound...].allSatisfy { $0 <= 0x20 }
        guard isLast, let method = plainMethod, range(of: "round_trippers.go", from: 0) != nil else { return nil }
        return ClientCall(method: method, url: urlText, time: time)
    }

    /// The status of an answer's line: `Response Status: 403 Forbidden in 9 milliseconds`, `"Response" status="403 Forbidden"`.
    func status(after place: Int) -> Int? {
        for word in ["status", "Status"] {
            if let found = range(of: word, from: place) { return digits(after: found.upperBound) }
        }
        return nil
    }

    // MARK: - Parts

    /// The method in `verb="GET" url="`.
    private var structuredMethod: String? {
        var end = skipMarks(before: url.lowerBound)
        guard hasWord("url", endingAt: end) else { return nil }
        end = skipMarks(before: end - 3)
        let start = wordStart(before: end)
        guard Self.isMethod(Slice(base: bytes, bounds: start..<end)),
            hasWord("verb", endingAt: skipMarks(before: start))
        else { return nil }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// The method right before the URL.
    private var plainMethod: String? {
        guard url.lowerBound > 0, bytes[url.lowerBound - 1] == 0x20 else { return nil }
        let end = url.lowerBound - 1
        let start = wordStart(before: end)
        return Self.isMethod(Slice(base: bytes, bounds: start..<end))
            ? String(decoding: bytes[start..<end], as: UTF8.self) : nil
    }

    private static func isMethod(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].contains { word.elementsEqual($0.utf8) }
    }

    /// Three digits behind nothing but marks, as a status is written.
    private func digits(after place: Int) -> Int? {
        let start = bytes[place...].firstIndex { !Self.isMark($0) } ?? bytes.count
        guard bytes.count - start >= 3 else { return nil }
        let digits = bytes[start..<start + 3]
        guard digits.allSatisfy({ $0 &- 0x30 < 10 }), start + 3 == bytes.count || bytes[start + 3] &- 0x30 >= 10 else {
            return nil
        }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: ","), 0x20,
            0x09:
            true
        default: false
        }
    }

    private func skipMarks(before end: Int) -> Int {
        var index = end
        while index > 0, Self.isMark(bytes[index - 1]) { index -= 1 }
        return index
    }

    private func wordStart(before end: Int) -> Int {
        var index = end
        while index > 0, bytes[index - 1] &- UInt8(ascii: "A") < 26 { index -= 1 }
        return index
    }

    private func hasWord(_ word: String, endingAt end: Int) -> Bool {
        let start = end - word.utf8.count
        return start >= 0 && bytes[start..<end].elementsEqual(word.utf8)
    }

    private func range(of text: String, from start: Int) -> Range<Int>? { firstRange(of: text, in: bytes, from: start) }
}
