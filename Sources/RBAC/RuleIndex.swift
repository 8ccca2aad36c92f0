/// The rules of some bindings in order of evaluation, found by the resource that they name.
///
/// A request looks at the rules that name its resource and at those with a wildcard, in their common order. A hash
/// collision only adds a rule to look at, never an answer.
struct RuleIndex: Sendable {
    private struct Entry: Sendable {
        var rule: PolicyRule
        var grant: Decision.Grant
    }

    private var entries: [Entry]
    /// `slots[hash & mask]` to `slots[(hash & mask) + 1]` bounds the stretch of `named` for that hash.
    private var slots: [Int32]
    private var named: [Int32]
    /// Rules with `*` or `*/SUB` among their resources.
    private var wildcards: [Int32]
    /// Rules with paths outside the API.
    private var paths: [Int32]
    private var mask: UInt64

    var rules: [PolicyRule] { entries.map(\.rule) }

    /// The first rule that grants the request.
    func firstGrant(of request: RequestAttributes) -> Decision.Grant? {
        var found: Decision.Grant?
        visit(request) { grant in
            found = grant
            return false
        }
        return found
    }

    func allGrants(of request: RequestAttributes) -> [Decision.Grant] {
        var found: [Decision.Grant] = []
        visit(request) { grant in
            found.append(grant)
            return true
        }
        return found
    }

    /// Calls `body` with each grant in order, until it returns false.
    @inline(__always)
    private func visit(_ request: RequestAttributes, _ body: (Decision.Grant) -> Bool) {
        guard request.isResourceRequest else {
            for index in paths {
                let entry = entries[Int(index)]
                if entry.rule.matches(request), !body(entry.grant) { return }
            }
            return
        }
        guard !entries.isEmpty else { return }
        let slot = Int(Self.hash(request.resource, request.subresource) & mask)
        var (position, end) = (Int(slots[slot]), Int(slots[slot + 1]))
        var wildcard = 0
        while position < end || wildcard < wildcards.count {
            // The two lists are merged by order of evaluation, since the first match names the binding.
            let next: Int32
            if wildcard >= wildcards.count || (position < end && named[position] <= wildcards[wildcard]) {
                next = named[position]
                if wildcard < wildcards.count, wildcards[wildcard] == next { wildcard += 1 }
                position += 1
            } else {
                next = wildcards[wildcard]
                wildcard += 1
            }
            if entries[Int(next)].rule.matches(request), !body(entries[Int(next)].grant) { return }
        }
    }

    /// FNV-1a over the bytes of `R` or `R/S`, so that a rule's text and a request's parts meet without a new string.
    private static func hash(_ resource: String, _ subresource: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in resource.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        if !subresource.isEmpty {
            hash = (hash ^ UInt64(UInt8(ascii: "/"))) &* 0x0000_0100_0000_01b3
            for byte in subresource.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        }
        return hash ^ (hash >> 29)
    }

    /// Collects rules in order of evaluation.
    struct Builder {
        private var entries: [Entry] = []

        mutating func add(_ role: Role, role roleIndex: Int, binding: Int, subject: Int) {
            for (index, rule) in role.rules.enumerated() {
                let grant = Decision.Grant(binding: binding, role: roleIndex, rule: index, subject: subject)
                entries.append(Entry(rule: rule.rule, grant: grant))
            }
        }

        func index() -> RuleIndex { RuleIndex(entries) }
    }

    private init(_ entries: [Entry]) {
        self.entries = entries
        var (wildcards, paths): ([Int32], [Int32]) = ([], [])
        var hashed: [(hash: UInt64, rule: Int32)] = []
        for (index, entry) in entries.enumerated() {
            let ordinal = Int32(truncatingIfNeeded: index)
            if !entry.rule.nonResourceURLs.isEmpty { paths.append(ordinal) }
            var isWildcard = false
            for resource in entry.rule.resources {
                if resource.isStar || resource.utf8.starts(with: "*/".utf8) { isWildcard = true }
                hashed.append((Self.hash(resource, ""), ordinal))
            }
            if isWildcard { wildcards.append(ordinal) }
        }
        var size = 16
        while size < hashed.count * 2 { size *= 2 }
        mask = UInt64(size - 1)
        (self.wildcards, self.paths) = (wildcards, paths)

        var counts = [Int32](repeating: 0, count: size + 1)
        let slotted = hashed.map { (slot: Int($0.hash & UInt64(size - 1)), rule: $0.rule) }
        for entry in slotted { counts[entry.slot + 1] += 1 }
        for index in 1...size { counts[index] += counts[index - 1] }
        var next = counts
        var named = [Int32](repeating: 0, count: hashed.count)
        for entry in slotted {
            named[Int(next[entry.slot])] = entry.rule
            next[entry.slot] += 1
        }
        slots = counts
        self.named = named
    }
}
