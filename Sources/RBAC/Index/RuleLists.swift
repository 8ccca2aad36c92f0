/// What the rules of one user name, by number: the texts that a decision looks up, once for all scopes.
struct NamedThings: Sendable {
    /// Elements of `resources` but `*`, taken literally: `pods`, `pods/log`, `*/scale`.
    var resources = NameTable()
    /// What stands behind the `*/` of an element such as `*/scale`.
    var subresources = NameTable()
    /// Elements of `nonResourceURLs`, taken literally.
    var paths = NameTable()
}

/// The rules of one scope by what they name, so that a decision looks only at those that name what it is about.
///
/// Rules are numbers; every list is ascending.
final class RuleLists: Sendable {
    /// By the number of the resource's text.
    let resources: ListsByNumber
    /// By the number of the subresource's text.
    let subresources: ListsByNumber
    /// Of the element `*`.
    let anyResource: [UInt32]
    /// By the number of the path's text.
    let paths: ListsByNumber
    /// Of the elements that end in stars, with what stands before them.
    let prefixes: [(prefix: [UInt8], rule: UInt32)]

    static let empty: RuleLists = {
        var things = NamedThings()
        return RuleLists([], naming: &things)
    }()

    /// Lists the rules, which come as their numbers in ascending order.
    init(_ rules: [(number: UInt32, rule: PolicyRule)], naming things: inout NamedThings) {
        var resources: [(name: Int, rule: UInt32)] = []
        var subresources: [(name: Int, rule: UInt32)] = []
        var anyResource: [UInt32] = []
        var paths: [(name: Int, rule: UInt32)] = []
        var prefixes: [(prefix: [UInt8], rule: UInt32)] = []
        for (number, rule) in rules {
            // Without a group a rule grants nothing on resources; its groups are not looked at for paths.
            for element in rule.apiGroups.isEmpty ? [] : rule.resources {
                guard !element.isStar else {
                    anyResource.append(number)
                    continue
                }
                resources.append((things.resources.insert(element), number))
                if let subresource = Self.subresource(ofAny: element) {
                    subresources.append((things.subresources.insert(subresource), number))
                }
            }
            for element in rule.nonResourceURLs {
                paths.append((things.paths.insert(element), number))
                if let prefix = PolicyRule.prefix(ofPathPattern: element) { prefixes.append((Array(prefix), number)) }
            }
        }
        self.resources = ListsByNumber(resources)
        self.subresources = ListsByNumber(subresources)
        self.anyResource = anyResource
        self.paths = ListsByNumber(paths)
        self.prefixes = prefixes
    }

    /// `scale` of `*/scale`; `nil` of what is no such pattern, `*/` among it.
    private static func subresource(ofAny element: String) -> String? {
        let bytes = element.utf8
        guard bytes.count > 2, bytes.starts(with: "*/".utf8) else { return nil }
        return String(element[bytes.index(bytes.startIndex, offsetBy: 2)...])
    }
}

/// For some numbers a list of rules each.
struct ListsByNumber: Sendable {
    /// Ascending.
    private let numbers: [Int]
    /// The list of `numbers[n]` is `rules[starts[n]..<starts[n + 1]]`.
    private let starts: [Int]
    let rules: [UInt32]

    /// The rules come in ascending order.
    init(_ pairs: [(name: Int, rule: UInt32)]) {
        let sorted = pairs.sorted { ($0.name, $0.rule) < ($1.name, $1.rule) }
        var numbers: [Int] = []
        var starts: [Int] = []
        for (position, pair) in sorted.enumerated() where numbers.last != pair.name {
            numbers.append(pair.name)
            starts.append(position)
        }
        self.numbers = numbers
        self.starts = starts + [sorted.count]
        rules = sorted.map(\.rule)
    }

    /// Where the list of a number is in `rules`; empty where it has none.
    @inline(__always)
    func range(of number: Int?) -> Range<Int> {
        guard let number, !numbers.isEmpty else { return 0..<0 }
        // Where every number has a list, as in the one scope that most users have, it stands at its own place.
        var (low, high) = number < numbers.count && numbers[number] == number ? (number, number) : (0, numbers.count)
        while low < high {
            let middle = (low &+ high) / 2
            if numbers[middle] < number { low = middle &+ 1 } else { high = middle }
        }
        guard low < numbers.count, numbers[low] == number else { return 0..<0 }
        return starts[low]..<starts[low &+ 1]
    }
}
