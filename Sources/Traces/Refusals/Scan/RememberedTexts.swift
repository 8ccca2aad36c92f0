/// What was found in the texts of a log, by their bytes: a program says the same again and again, and to look a text up
/// takes a hundredth of the time that it takes to read it.
///
/// Memory is bounded; past the limit all are forgotten.
struct RememberedTexts {
    private static let limit = 1 << 13
    /// Longer texts are seldom told twice.
    private static let longest = 1 << 12

    private var numbers = ByteKeys()
    private var found: [[Int]] = []
    private var key: [UInt8] = []

    /// Takes a text to be looked up or remembered.
    ///
    /// - Parameters:
    ///   - depth: how often it was escaped.
    ///   - isWholeLine: whether it begins where a line does: then the time in front of it makes no difference.
    mutating func take(_ text: Slice<UnsafeBufferPointer<UInt8>>, depth: Int, isWholeLine: Bool) {
        key.removeAll(keepingCapacity: true)
        guard text.count <= Self.longest else { return }
        let time = isWholeLine ? lengthOfTime(before: text) : 0
        key.append(UInt8(truncatingIfNeeded: depth << 1 | (isWholeLine ? 1 : 0)))
        // Whether a message begins near to the start of its line matters to what is read of it.
        key.append(UInt8(min(LinePass.margin, time)))
        key.append(contentsOf: text.dropFirst(time))
    }

    /// The notices that were found in the text, as places in the log; `nil` where it is not known.
    var places: [Int]? { key.isEmpty ? nil : numbers.find(key).map { found[$0] } }

    mutating func remember(_ places: [Int]) {
        guard !key.isEmpty else { return }
        if found.count >= Self.limit {
            numbers.removeAll()
            found.removeAll()
        }
        numbers.remember(key, found.count)
        found.append(places)
    }
}

/// The length of the times that a line begins with, klog's mark of the severity and number of the process among them.
private func lengthOfTime(before line: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
    var length = 0
    var isAfterKlog = false
    while true {
        let rest = line.dropFirst(length)
        let word = rest.prefix { $0 > UInt8(ascii: " ") }.prefix(40)
        let gap = rest.dropFirst(word.count).prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
        let isKlog = length == 0 && word.count == 5 && "IWEF".utf8.contains(word.first ?? 0)
        let digits = word.dropFirst(isKlog ? 1 : 0)
        guard gap > 0, isKlog || isAfterKlog ? digits.allSatisfy(isDigit) || isTime(digits) : isTime(digits) else {
            return length
        }
        isAfterKlog = isAfterKlog || isKlog
        length += word.count + gap
    }
}

/// `2024-03-13T15:41:16.899136935Z`, `08:52:24.963701`, `2024/03/13`, `[2024-03-13`.
private func isTime(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var digits = 0
    var marks = 0
    for byte in word {
        if isDigit(byte) {
            digits += 1
        } else if "-:/".utf8.contains(byte) {
            marks += 1
        } else if !"TZ.,+[]".utf8.contains(byte) {
            return false
        }
    }
    return digits >= 4 && marks >= 2
}

private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
