// Searches in texts that may hold soft breaks: between any two bytes, and in place of a space.

func isGap(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == FormReader.softBreak }

/// Where `text` stands first, from `start` on.
func find(_ text: String, in bytes: ArraySlice<UInt8>, from start: Int) -> Range<Int>? {
    guard let first = text.utf8.first else { return nil }
    var index = max(start, bytes.startIndex)
    while index < bytes.endIndex {
        if bytes[index] == first || first == UInt8(ascii: " ") && isGap(bytes[index]) {
            var reader = FormReader(bytes, at: index)
            if reader.take(text) == .complete { return index..<reader.index }
        }
        index += 1
    }
    return nil
}

/// Where `text` starts that ends right before `end`, soft breaks in it or in place of its spaces allowed.
func start(of text: String, in bytes: ArraySlice<UInt8>, endingAt end: Int) -> Int? {
    var index = end
    for byte in text.utf8.reversed() {
        if byte == UInt8(ascii: " ") {
            guard index > bytes.startIndex, isGap(bytes[index - 1]) else { return nil }
            index -= 1
            var gap = index
            while gap > bytes.startIndex, isGap(bytes[gap - 1]) { gap -= 1 }
            if bytes[gap...index].contains(FormReader.softBreak) { index = gap }
        } else {
            while index > bytes.startIndex, bytes[index - 1] == FormReader.softBreak { index -= 1 }
            guard index > bytes.startIndex, bytes[index - 1] == byte else { return nil }
            index -= 1
        }
    }
    return index
}

/// Where `text` stands last.
func lastIndex(of text: String, in bytes: ArraySlice<UInt8>) -> Int? {
    var last: Int?
    var start = bytes.startIndex
    while let place = find(text, in: bytes, from: start) {
        last = place.lowerBound
        start = place.upperBound
    }
    return last
}

/// The quote that opens what the quote at `closing` closes; `nil` where none stands there. Quotes that Go escaped are text.
func openingQuote(in bytes: ArraySlice<UInt8>, closing: Int) -> Int? {
    var closing = closing
    while closing > bytes.startIndex, bytes[closing] == FormReader.softBreak { closing -= 1 }
    guard closing > bytes.startIndex, isBareQuote(in: bytes, at: closing) else { return nil }
    var index = closing - 1
    let first = max(bytes.startIndex, closing - NoticeText.reach)
    while index >= first {
        if isBareQuote(in: bytes, at: index) { return index }
        index -= 1
    }
    return nil
}

/// Whether a quote stands here that is not escaped.
private func isBareQuote(in bytes: ArraySlice<UInt8>, at index: Int) -> Bool {
    guard bytes[index] == UInt8(ascii: "\"") else { return false }
    return bytes[..<index].reversed().prefix { $0 == UInt8(ascii: "\\") }.count.isMultiple(of: 2)
}

/// Where the word starts that ends right before `end`: a word of letters, digits and what else stands in the names of resources.
func wordStart(in bytes: ArraySlice<UInt8>, before end: Int) -> Int {
    var index = end
    let first = max(bytes.startIndex, end - NoticeText.reach)
    while index > first, bytes[index - 1] > UInt8(ascii: " "),
        !"\"'`()[]{},;".utf8.contains(bytes[index - 1])
    {
        index -= 1
    }
    return index
}
