import TestSupport

/// Draws of the kinds that policies are made of.
extension SeededGenerator {
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
