import RBAC
import Syntax

extension Requirement {
    /// How many origins and user agents are kept of each requirement, so that memory stays bounded.
    static let keptOrigins = 16
    static let keptUserAgents = 8

    /// Takes in what another record says about the same key.
    ///
    /// Each field is merged by an operation that is commutative and associative on its own; all but the counts are
    /// idempotent too. What a call itself needs outweighs what is implied, usual, or one of several alternatives.
    package mutating func merge(_ other: Requirement) {
        change { $0.merge(other.storage.members) }
    }

    /// Brings a requirement that was not merged yet into the form of one that was.
    mutating func normalize() {
        if origins.count > 1 { origins = Self.mergedOrigins(origins) }
        if userAgents.count > Self.keptUserAgents {
            userAgents = Set(userAgents.sorted().prefix(Self.keptUserAgents))
        }
    }

    /// Counts of a hostile trace stay at the largest number.
    package static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}

extension Requirement.Members {
    fileprivate mutating func merge(_ other: Self) {
        level = min(level, other.level)
        implied = Self.smaller(implied, other.implied, nilWins: true)
        alternative = Self.smaller(alternative, other.alternative, nilWins: true)
        codeLocation = Self.smaller(codeLocation, other.codeLocation, nilWins: false)
        message = Self.smaller(message, other.message, nilWins: false)
        isCached = isCached || other.isCached
        isDryRun = isDryRun && other.isDryRun
        count = Requirement.sum(count, other.count)
        for (status, number) in other.statuses { statuses[status] = Requirement.sum(statuses[status] ?? 0, number) }
        first = Self.extreme(first, other.first, by: <)
        last = Self.extreme(last, other.last, by: >)
        if other.origins != origins { origins = Requirement.mergedOrigins(origins + other.origins) }
        if !other.userAgents.isSubset(of: userAgents) {
            userAgents = Set(userAgents.union(other.userAgents).sorted().prefix(Requirement.keptUserAgents))
        }
    }

    private static func smaller(_ left: String?, _ right: String?, nilWins: Bool) -> String? {
        guard let left, let right else { return nilWins ? nil : left ?? right }
        return right.precedesByBytes(left) ? right : left
    }

    /// The earlier or later of two times; a text that is no time loses to one that is.
    private static func extreme(
        _ left: String?,
        _ right: String?,
        by precedes: (Timestamp, Timestamp) -> Bool
    ) -> String? {
        guard let left, let right, left != right else { return left ?? right }
        switch (Timestamp(left), Timestamp(right)) {
        case (let leftTime?, let rightTime?): return precedes(rightTime, leftTime) ? right : left
        case (nil, nil): return min(left, right)
        case (nil, _?): return right
        case (_?, nil): return left
        }
    }
}

extension Requirement {
    /// Of each file the first line, files before flags and profiles, each sort by name.
    static func mergedOrigins(_ origins: [String]) -> [String] {
        var lines: [Substring: Int] = [:]
        var others: Set<String> = []
        for origin in origins {
            if let (file, line) = fileAndLine(origin) {
                lines[file] = min(lines[file] ?? line, line)
            } else {
                others.insert(origin)
            }
        }
        let files = lines.sorted { $0.key < $1.key }.prefix(keptOrigins).map { "\($0.key):\($0.value)" }
        return files + others.sorted().prefix(keptOrigins)
    }

    /// Takes `trace.jsonl:12` apart.
    private static func fileAndLine(_ origin: String) -> (file: Substring, line: Int)? {
        guard let colon = origin.lastIndex(of: ":"), let line = Int(origin[origin.index(after: colon)...]), line > 0
        else { return nil }
        return (origin[..<colon], line)
    }
}
