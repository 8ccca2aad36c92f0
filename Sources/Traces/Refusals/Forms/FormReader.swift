import RBAC

/// Reads forms out of a text, from a place on.
///
/// A text that was joined from the lines of a wrapped one holds `softBreak` where a line ended; there a value goes on, a
/// space is met, or nothing is.
struct FormReader {
    /// Where a line was wrapped. A control character that no message holds.
    static let softBreak: UInt8 = 0x1E

    enum Outcome: Hashable {
        case complete
        /// The text ended in the middle of the form.
        case cut
        case mismatch
    }

    let bytes: ArraySlice<UInt8>
    var index: Int

    init(_ bytes: ArraySlice<UInt8>, at index: Int) {
        self.bytes = bytes
        self.index = index
    }

    /// Reads the parts of a form; after anything but `.complete`, `values` holds what was read up to there.
    mutating func read(_ form: RefusalForm, into values: inout FieldValues) -> Outcome {
        for part in form.parts {
            let outcome = read(part, &values)
            if outcome != .complete { return outcome }
        }
        return .complete
    }

    private mutating func read(_ part: RefusalForm.Part, _ values: inout FieldValues) -> Outcome {
        switch part {
        case .text(let text): return take(text)
        case .word(let field):
            guard let word = takeWord() else { return .cut }
            values[field] = word
        case .verb:
            guard let word = takeWord() else { return .cut }
            values[.verb] = htmlUnescaped(word)
        case .escaped(let field):
            guard let text = takeQuoted() else { return isAtEnd ? .cut : .mismatch }
            values[field] = htmlUnescaped(text)
        case .quoted(let field):
            guard let text = takeQuoted() else { return isAtEnd ? .cut : .mismatch }
            values[field] = text
        case .dottedResource:
            guard let word = takeWord() else { return .cut }
            guard let (resource, group) = splitDotted(htmlUnescaped(word)) else { return .mismatch }
            values[.resource] = resource
            values[.group] = group
        case .groups:
            guard let list = takeList() else { return isAtEnd ? .cut : .mismatch }
            values.groups = list
        case .rules:
            while let rule = takeRule() { values.rules.append(rule) }
        }
        return .complete
    }

    var isAtEnd: Bool { index >= bytes.endIndex }

    // MARK: - Fixed texts

    /// Takes a text if it stands here. What was taken before a mismatch stays taken.
    mutating func take(_ text: String) -> Outcome {
        for byte in text.utf8 {
            if byte == UInt8(ascii: " ") {
                guard skipGap() else { return isAtEnd ? .cut : .mismatch }
                continue
            }
            while index < bytes.endIndex, bytes[index] == Self.softBreak { index += 1 }
            guard index < bytes.endIndex else { return .cut }
            guard bytes[index] == byte else { return .mismatch }
            index += 1
        }
        return .complete
    }

    /// Takes one space, or a soft break with the spaces around it.
    private mutating func skipGap() -> Bool {
        var end = index
        var hasBreak = false
        while end < bytes.endIndex, bytes[end] == UInt8(ascii: " ") || bytes[end] == Self.softBreak {
            hasBreak = hasBreak || bytes[end] == Self.softBreak
            end += 1
        }
        guard end > index else { return false }
        index = hasBreak ? end : index + 1
        return true
    }

    // MARK: - Values

    /// Up to a space or the end; `nil` at the end of the text, where more may follow.
    private mutating func takeWord() -> String? {
        var word: [UInt8] = []
        while index < bytes.endIndex, bytes[index] != UInt8(ascii: " ") {
            if bytes[index] == Self.softBreak, !word.isEmpty, !goesOnAfterBreak { break }
            if bytes[index] != Self.softBreak { word.append(bytes[index]) }
            index += 1
        }
        return index < bytes.endIndex ? String(decoding: word, as: UTF8.self) : nil
    }

    /// Whether what follows a soft break is the rest of a word, rather than the next word of an authorizer's sentence.
    private var goesOnAfterBreak: Bool {
        let rest = bytes[(index + 1)...]
        return rest.first != UInt8(ascii: "\"")
            && !["resource ", "path ", "in ", "at ", "all ", "is "].contains { rest.starts(with: $0.utf8) }
    }

    /// Go's `%q`, undone; `nil` where no text in quotes stands here, or it does not end.
    private mutating func takeQuoted() -> String? {
        while index < bytes.endIndex, bytes[index] == Self.softBreak { index += 1 }
        guard index < bytes.endIndex, bytes[index] == UInt8(ascii: "\"") else { return nil }
        var end = index + 1
        while end < bytes.endIndex, bytes[end] != UInt8(ascii: "\"") {
            end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard end < bytes.endIndex else {
            index = bytes.endIndex
            return nil
        }
        let content = bytes[(index + 1)..<end]
        index = end + 1
        return goUnquoted(content)
    }

    /// `["a" "b"]`
    private mutating func takeList() -> [String]? {
        guard take("[") == .complete else { return nil }
        var list: [String] = []
        while !isAtEnd {
            if bytes[index] == UInt8(ascii: "]") {
                index += 1
                return list
            }
            if skipGap() { continue }
            guard let text = takeQuoted() else { return nil }
            list.append(text)
        }
        return nil
    }

    /// A line break and a rule in braces; leaves the place as it is where there is none.
    mutating func takeRule() -> PolicyRule? {
        var reader = self
        while !reader.isAtEnd, [0x0A, 0x0D, 0x20, 0x09, Self.softBreak].contains(reader.bytes[reader.index]) {
            reader.index += 1
        }
        guard let rule = reader.takeBraces() else { return nil }
        self = reader
        return rule
    }

    private mutating func takeBraces() -> PolicyRule? {
        guard take("{") == .complete else { return nil }
        var rule = PolicyRule(verbs: [])
        repeat {
            var key: [UInt8] = []
            while !isAtEnd, bytes[index] != UInt8(ascii: ":"), key.count < 20 {
                if ![UInt8(ascii: " "), Self.softBreak].contains(bytes[index]) { key.append(bytes[index]) }
                index += 1
            }
            guard take(":") == .complete, let values = takeList() else { return nil }
            switch String(decoding: key, as: UTF8.self) {
            case "APIGroups": rule.apiGroups = values
            case "Resources": rule.resources = values
            case "NonResourceURLs": rule.nonResourceURLs = values
            case "ResourceNames": rule.resourceNames = values
            case "Verbs": rule.verbs = values
            default: return nil
            }
        } while take(",") == .complete
        return take("}") == .complete ? rule : nil
    }
}

/// Takes `deployments.apps/scale` or `deploymentconfigs/scale.apps.openshift.io` apart into `deployments/scale` and `apps`;
/// `nil` for what is no such name.
func splitDotted(_ word: String) -> (resource: String, group: String)? {
    let allowed = word.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._/*".utf8.contains(byte)
        }
    }
    guard allowed, !word.isEmpty else { return nil }
    let halves = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    var head = halves[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    var tail = halves.count > 1 ? "/" + halves[1] : ""
    if head.count == 1, let dot = tail.firstIndex(of: "."), halves[0] != "userextras" {
        head.append(tail[tail.index(after: dot)...])
        tail = String(tail[..<dot])
    }
    guard !head[0].isEmpty else { return nil }
    return (head[0] + tail, head.count > 1 ? String(head[1]) : "")
}
