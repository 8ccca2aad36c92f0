import Manifests
import RBAC
import Syntax

/// The markers of a generated role with the edits decided on so far.
struct MarkerDraft {
    let role: MarkedRole
    /// By index of the marker: what its lists get.
    private var extensions: [Int: PolicyRule] = [:]
    /// New markers, by the index of the one that they stand behind.
    private var additions: [(after: Int, rule: PolicyRule)] = []

    init(_ role: MarkedRole) { self.role = role }

    private static var lists: [(argument: String, list: WritableKeyPath<PolicyRule, [String]>)] {
        [
            ("groups", \.apiGroups), ("resources", \.resources), ("resourceNames", \.resourceNames),
            ("urls", \.nonResourceURLs), ("verbs", \.verbs),
        ]
    }

    /// The rules of the markers as they will be.
    var rules: [PolicyRule] {
        role.markers.indices.map { extended($0, by: extensions[$0]) } + additions.map(\.rule)
    }

    private func extended(_ index: Int, by adding: PolicyRule?) -> PolicyRule {
        var rule = role.markers[index].rule
        guard let adding else { return rule }
        for (_, list) in Self.lists { rule[keyPath: list] = Self.union(rule[keyPath: list], adding[keyPath: list]) }
        return rule
    }

    private static func union(_ first: [String], _ second: [String]) -> [String] {
        first + second.filter { !first.contains($0) }
    }

    /// Grants rules: by a marker that only lacks entries of one list, where all that it then grants anew is required; else by
    /// a marker beside the nearest.
    ///
    /// - Parameter rule: of the role, where one is near.
    /// - Returns: the markers that change, or that a new one stands behind; empty where all is granted already.
    mutating func grant(_ wanted: [PolicyRule], near rule: PolicyRule?, _ required: RequiredPermissions) -> [RBACMarker]
    {
        var places: [RBACMarker] = []
        for want in wanted where !subtract(rules, from: want.halves).isEmpty {
            let index = extend(toGrant: want, required) ?? add(want, near: rule)
            places.append(role.markers[index])
        }
        return places
    }

    private mutating func extend(toGrant want: PolicyRule, _ required: RequiredPermissions) -> Int? {
        for index in role.markers.indices {
            let now = extended(index, by: extensions[index])
            var adding = PolicyRule(verbs: [])
            for (_, list) in Self.lists where !now[keyPath: list].isEmpty {
                adding[keyPath: list] = want[keyPath: list].filter { !now[keyPath: list].contains($0) }
            }
            guard Self.lists.count(where: { !adding[keyPath: $0.list].isEmpty }) == 1 else { continue }
            var sum = extensions[index] ?? PolicyRule(verbs: [])
            for (_, list) in Self.lists { sum[keyPath: list] = Self.union(sum[keyPath: list], adding[keyPath: list]) }
            let result = extended(index, by: sum)
            let added = subtract([role.markers[index].rule], from: result.halves)
            guard subtract([result], from: want.halves).isEmpty, added.allSatisfy(required.include) else { continue }
            extensions[index] = sum
            return index
        }
        return nil
    }

    private mutating func add(_ want: PolicyRule, near rule: PolicyRule?) -> Int {
        let sources = rule.map(role.sources) ?? []
        let index =
            role.markers.lastIndex { marker in sources.contains(marker) }
            ?? role.markers.lastIndex { marker in
                marker.rule.apiGroups == want.apiGroups && !Set(marker.rule.resources).isDisjoint(with: want.resources)
            }
            ?? role.markers.lastIndex { $0.rule.apiGroups == want.apiGroups && $0.rule.isPathHalf == want.isPathHalf }
            ?? role.markers.count - 1
        additions.append((index, want))
        return index
    }

    // MARK: - Text

    /// The changes of each file.
    ///
    /// - Throws: `NotEditable` where a marker does not stand on a line of its own.
    func edits(_ texts: [String: String]) throws(NotEditable) -> [String: [TextEdit]] {
        var edits: [String: [TextEdit]] = [:]
        for (index, adding) in extensions.sorted(by: { $0.key < $1.key }) {
            let marker = role.markers[index]
            let bytes = Array((texts[marker.range.file] ?? "").utf8)
            for (argument, list) in Self.lists where !adding[keyPath: list].isEmpty {
                edits[marker.range.file, default: []].append(
                    try Self.extend(marker, argument, by: adding[keyPath: list], bytes)
                )
            }
        }
        for (after, rule) in additions {
            let marker = role.markers[after]
            let bytes = Array((texts[marker.range.file] ?? "").utf8)
            edits[marker.range.file, default: []].append(try Self.line(rule, behind: marker, bytes))
        }
        return edits
    }

    private static func extend(
        _ marker: RBACMarker,
        _ argument: String,
        by entries: [String],
        _ bytes: [UInt8]
    ) throws(NotEditable) -> TextEdit {
        guard var end = marker.values[argument]?.upperBound, let start = marker.values[argument]?.lowerBound else {
            throw NotEditable(reason: "the marker has no `\(argument)`")
        }
        while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
        let isBraced = end > start && bytes[end - 1] == UInt8(ascii: "}")
        let separator = isBraced ? "," : ";"
        let place = isBraced ? end - 1 : end
        return TextEdit(place..<place, Array(entries.map { separator + markerValue($0) }.joined().utf8))
    }

    /// A marker written as the one above it: `//+` or `// +`, at the same depth.
    private static func line(_ rule: PolicyRule, behind marker: RBACMarker, _ bytes: [UInt8]) throws(NotEditable)
        -> TextEdit
    {
        let plus = marker.range.start.offset
        var start = plus
        while start > 0, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        let prefix = bytes[start..<plus]
        let slashes = prefix.drop { $0 == 0x20 || $0 == 0x09 }
        guard slashes.starts(with: "//".utf8), slashes.dropFirst(2).allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else {
            throw NotEditable(reason: "the marker stands behind code")
        }
        var end = marker.range.end.offset
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n"), bytes[end] != UInt8(ascii: "\r") { end += 1 }
        let isWindows = end < bytes.count && bytes[end] == UInt8(ascii: "\r")
        let text = kubebuilderMarker(rule, namespace: marker.namespace, roleName: marker.roleName).dropFirst(2)
        return TextEdit(end..<end, Array((isWindows ? "\r\n" : "\n").utf8) + prefix + Array(text.utf8))
    }
}
