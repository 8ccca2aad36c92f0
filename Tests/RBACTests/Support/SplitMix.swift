/// A seeded source of random numbers (SplitMix64), so that a failing run can be run again.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number below `count`, which has to be positive.
    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

    /// True once in `count` times.
    mutating func once(in count: Int) -> Bool { below(count) == 0 }

    /// An element; the array must not be empty.
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// Up to `limit` elements, repetitions possible.
    mutating func some<Element>(_ elements: [Element], upTo limit: Int) -> [Element] {
        elements.isEmpty ? [] : (0..<below(limit + 1)).map { _ in pick(elements) }
    }

    /// Mostly one of `elements`, now and then one of `others`, which must not be empty.
    mutating func pick<Element>(_ elements: [Element], or others: [Element]) -> Element {
        pick(elements.isEmpty || once(in: 10) ? others : elements)
    }
}
