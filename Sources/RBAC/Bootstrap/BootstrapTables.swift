/// The built-in roles in a notation of their own, read only as far as somebody asks for one.
///
///     name to=admin from=edit
///       get,list core,apps: pods deployments/scale [one-name another]
///       get /healthz /version/
///
/// A line without indentation names a role, the roles it is collected into (`to`) and the one whose label it collects
/// (`from`). Each line of two spaces is a rule: verbs; then groups with a colon (`core` for the empty one), resources and, in
/// brackets, names; or paths. Deeper lines continue the rule above.
enum BootstrapTables {
    struct Entry {
        var aggregatedTo: [String] = []
        var aggregatedFrom: String?
        var rules: [PolicyRule] = []
    }

    /// The names in a table, in its order.
    static func names(in table: String) -> [String] {
        headers(in: table).map { String($0.prefix { $0 != " " }) }
    }

    /// The role of that name, `nil` where the table has none.
    static func entry(named name: String, in table: String) -> Entry? {
        guard let header = headers(in: table).first(where: { $0.prefix { $0 != " " } == name }) else { return nil }
        var entry = Entry()
        for word in header.split(separator: " ").dropFirst() {
            let (key, value) = (word.prefix { $0 != "=" }, String(word.drop { $0 != "=" }.dropFirst()))
            if key == "to" { entry.aggregatedTo.append(value) } else { entry.aggregatedFrom = value }
        }
        var lines: [Substring] = []
        for line in table[header.endIndex...].dropFirst().split(separator: "\n") {
            guard line.hasPrefix("  ") else { break }
            if line.hasPrefix("   "), let last = lines.last {
                lines[lines.count - 1] = last + line
            } else {
                lines.append(line)
            }
        }
        entry.rules = lines.map(rule)
        return entry
    }

    private static func headers(in table: String) -> [Substring] {
        table.split(separator: "\n").filter { !$0.hasPrefix(" ") }
    }

    private static func rule(_ line: Substring) -> PolicyRule {
        let words = line.split(separator: " ")
        var rule = PolicyRule(verbs: words.first.map(list) ?? [])
        var rest = words.dropFirst()
        guard let groups = rest.first, groups.hasSuffix(":") else {
            rule.nonResourceURLs = rest.map(String.init)
            return rule
        }
        rest = rest.dropFirst()
        rule.apiGroups = list(groups.dropLast()).map { $0 == "core" ? "" : $0 }
        let names = rest.drop { !$0.hasPrefix("[") }
        rule.resources = rest.dropLast(names.count).map(String.init)
        rule.resourceNames = names.map { String($0.filter { $0 != "[" && $0 != "]" }) }
        return rule
    }

    private static func list(_ word: Substring) -> [String] {
        word.split(separator: ",").map(String.init)
    }
}
