/// How many edits turn one text into another: an insertion, a deletion, a substitution, or a swap of two neighbours
/// (`lsit`), the four slips of a typing hand. `nil` where it takes more than `limit`.
///
/// Compared by UTF-8 bytes: the names of verbs, resources and codes are ASCII. Time and memory grow with the product of
/// the lengths, and only for texts whose lengths are at most `limit` apart and at most 256 bytes, which no misspelled
/// name is.
package func editDistance(_ first: String, _ second: String, limit: Int) -> Int? {
    let a = Array(first.utf8)
    let b = Array(second.utf8)
    guard limit >= 0, abs(a.count - b.count) <= limit, max(a.count, b.count) <= 256 else { return nil }
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }

    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i] + Array(repeating: 0, count: b.count)
        for j in 1...b.count {
            let isSame = a[i - 1] == b[j - 1]
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (isSame ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                row[j] = min(row[j], beforeLast[j - 2] + 1)
            }
        }
        guard row.contains(where: { $0 <= limit }) else { return nil }
        (beforeLast, last) = (last, row)
    }
    return last[b.count] <= limit ? last[b.count] : nil
}

/// How many edits a name may be away from what was meant: one, and two from eight letters on, where a near miss is
/// rarely another word.
package func editAllowance(_ name: String) -> Int {
    name.utf8.count >= 8 ? 2 : 1
}

/// The candidates that `name` may be a slip of, nearest first, then in alphabetical order; an equal one is none.
package func nearMisses(of name: String, among candidates: some Sequence<String>) -> [String] {
    let limit = editAllowance(name)
    return
        candidates
        .compactMap { candidate in
            editDistance(name, candidate, limit: limit).map { (distance: $0, candidate: candidate) }
        }
        .filter { $0.distance > 0 }
        .sorted { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }
        .map(\.candidate)
}
