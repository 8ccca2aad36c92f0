/// How text from files, traces and servers may reach a terminal, and how many columns it takes there.

/// `text` with everything escaped that a terminal would act on or that would hide or reorder what follows: control
/// characters, line ends, invisible and bidirectional format characters. So a name can neither forge a line of the report
/// nor colour it.
func printable(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var result = ""
    for scalar in text.unicodeScalars { appendPrintable(scalar, to: &result) }
    return result
}

/// One scalar as it may be printed; escapes are Swift's: `\n`, `\u{1b}`.
private func appendPrintable(_ scalar: Unicode.Scalar, to text: inout String) {
    switch scalar {
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    case _ where scalar.isActedUpon: text += "\\u{\(String(scalar.value, radix: 16))}"
    default: text.unicodeScalars.append(scalar)
    }
}

extension Unicode.Scalar {
    /// Whether a terminal shows nothing for it, or something other than it.
    var isActedUpon: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
        // Joiners are part of how some scripts and emoji are written.
        case .format: value != 0x200C && value != 0x200D
        default: false
        }
    }

    /// Columns of a terminal: 0 for marks that combine, 2 for wide characters, else 1.
    ///
    /// Unicode: `East_Asian_Width` W and F of Unicode 16, as ranges that also take in unassigned places between them.
    fileprivate var columns: Int {
        guard value >= 0x300 else { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch value {
        // Hangul vowels and final consonants join the syllable that they follow.
        case 0x1160...0x11FF: return 0
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF,
            0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD:
            return 2
        default:
            return properties.isEmojiPresentation ? 2 : 1
        }
    }
}

extension Character {
    /// Columns of a terminal; an emoji is 2 wide however many scalars it is made of.
    var columns: Int {
        if isASCII { return 1 }
        let isEmoji = unicodeScalars.contains { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }
        return isEmoji ? 2 : unicodeScalars.reduce(0) { $0 + $1.columns }
    }
}

/// Columns that printable text takes; linear in its length.
func displayWidth(_ text: String) -> Int {
    // Nearly every text; a line end of two characters is one and is not ASCII alone here.
    if text.utf8.allSatisfy({ $0 < 0x80 && $0 != 0x0D }) { return text.utf8.count }
    return text.reduce(0) { $0 + $1.columns }
}

/// `text` and as many spaces as fill it up to `width` columns.
func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - displayWidth(text)))
}

/// `1 call`, `2 calls`.
func counted(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? singular : plural ?? singular + "s")"
}

/// `a`, `a and b`, `a, b and c`.
func enumerated(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
}
