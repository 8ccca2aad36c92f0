/// Finds any of several words in bytes, looking at about one byte in six of a text that holds none of them.
///
/// Wu and Manber's algorithm (1994) with blocks of two bytes: a table says for the last two bytes of a window how far it may
/// move on without missing the beginning of a word.
struct TriggerSearch: Sendable {
    private let words: [[UInt8]]
    /// The length of the shortest word, which is the width of the window.
    private let width: Int
    /// For two bytes, how far the window may move; 0 where a word may stand in it.
    private let shifts: [UInt8]
    /// For two bytes that end a window, the words that may stand in it; ascending.
    private let candidates: [Int: [Int]]

    /// - Parameter words: of two bytes at least.
    init(_ words: [String]) {
        self.words = words.map { Array($0.utf8) }
        let width = min(255, self.words.map(\.count).min() ?? 2)
        self.width = width
        var shifts = [UInt8](repeating: UInt8(width - 1), count: 1 << 16)
        var candidates: [Int: [Int]] = [:]
        for (number, word) in self.words.enumerated() {
            for end in 1..<width {
                let block = Self.block(word[end - 1], word[end])
                shifts[block] = min(shifts[block], UInt8(width - 1 - end))
            }
            candidates[Self.block(word[width - 2], word[width - 1]), default: []].append(number)
        }
        self.shifts = shifts
        self.candidates = candidates
    }

    /// The first place, from `start` on, where one of the words begins; `nil` where there is none.
    ///
    /// Complexity: O(n) in the usual case, with a small constant.
    func first(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        match(in: bytes, from: start)?.place
    }

    /// The same, with the number of the word; of several that begin there, the first.
    func match(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> (place: Int, word: Int)? {
        shifts.withUnsafeBufferPointer { shifts in
            var end = start + width - 1
            while end < bytes.count {
                let block = Self.block(bytes[end - 1], bytes[end])
                let shift = Int(shifts[block])
                if shift > 0 {
                    end += shift
                    continue
                }
                let begin = end - width + 1
                if let word = candidates[block]?.first(where: { stands(words[$0], in: bytes, at: begin) }) {
                    return (begin, word)
                }
                end += 1
            }
            return nil
        }
    }

    private func stands(_ word: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        guard bytes.count - start >= word.count else { return false }
        for (offset, byte) in word.enumerated() where bytes[start + offset] != byte { return false }
        return true
    }

    private static func block(_ first: UInt8, _ second: UInt8) -> Int { Int(first) << 8 | Int(second) }
}
