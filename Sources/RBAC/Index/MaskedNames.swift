/// For each rule the names in one of its lists (verbs, groups, names), as bits of a machine word.
///
/// Up to 63 different names each have a bit of their own, and the bits decide. Of more, several share a bit, and where the
/// bits agree the rule's list is searched. The last bit stands for any name, and is the only one that a name has which no
/// rule knows.
struct MaskedNames: Sendable {
    /// The bits of a rule that takes any name.
    static let any: UInt64 = .max
    private static let bitOfUnknown: UInt64 = 1 << 63
    private static let bits = 63

    private var names = NameTable()
    /// Of rule `r` the numbers of its names, ascending, repeated where the list repeats them, at `starts[r]..<starts[r + 1]`; none of a rule that takes any.
    private var starts: [Int] = [0]
    private var numbers: [UInt32] = []

    /// A name that is asked for.
    struct Query {
        var bits: UInt64
        fileprivate var number: UInt32?

        /// Asks nothing: every list that is not empty has it.
        static let every = Query(bits: MaskedNames.any, number: nil)
    }

    /// Adds the next rule's list and returns its bits.
    mutating func add(_ list: [String], isAny: Bool) -> UInt64 {
        defer { starts.append(numbers.count) }
        guard !isAny else { return Self.any }
        let start = numbers.count
        var bits: UInt64 = 0
        for name in list {
            let number = names.insert(name)
            bits |= 1 << UInt64(truncatingIfNeeded: number % Self.bits)
            numbers.append(UInt32(truncatingIfNeeded: number))
        }
        if list.count > 1 { numbers[start...].sort() }
        return bits
    }

    @inline(__always)
    func query(_ name: String) -> Query {
        guard let number = names.find(name) else { return Query(bits: Self.bitOfUnknown, number: nil) }
        return Query(
            bits: 1 << UInt64(truncatingIfNeeded: number % Self.bits),
            number: UInt32(truncatingIfNeeded: number)
        )
    }

    /// Whether agreeing bits are proof.
    var isExact: Bool { names.count <= Self.bits }

    /// Whether the rule's list has the name; asked where the bits agree and are no proof.
    func confirms(_ query: Query, rule: Int, bits: UInt64) -> Bool {
        guard let number = query.number, bits != Self.any, !isExact else { return true }
        var (low, high) = (starts[rule], starts[rule + 1])
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < starts[rule + 1] && numbers[low] == number
    }
}
