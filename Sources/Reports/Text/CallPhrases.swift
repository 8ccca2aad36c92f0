import RBAC
import Traces

/// Requirements in words: those that differ in the verb alone are one, and then those that differ in the resource alone.
struct CallPhrase: Sendable {
    /// `list and watch secrets in demo`.
    var what: String
    /// How often, with which answer, from where: `17 calls answered 403; rbac-trace.jsonl:4,9`.
    var context: String
    /// Whether any of them was called rather than asked for by a profile.
    var isCalled: Bool

    /// Resources that one phrase names.
    private static let mostTargets = 6

    /// In the order in which they come first.
    static func phrases(for requirements: [Requirement]) -> [CallPhrase] {
        let byTarget = grouped(requirements) { requirement in
            var key = requirement.key
            key.attributes.verb = ""
            key.attributes.version = ""
            return key
        }
        let phrases = grouped(byTarget) { sameTarget in
            Shape(
                verbs: verbs(of: sameTarget),
                scope: sameTarget.first.map { scope($0.key) } ?? "",
                user: sameTarget.first?.key.user,
                isCalled: sameTarget.contains { $0.count > 0 }
            )
        }
        return phrases.map { CallPhrase($0) }
    }

    /// What two groups have to share to be told in one breath.
    private struct Shape: Hashable {
        var verbs: [String]
        var scope: String
        var user: String?
        var isCalled: Bool
    }

    private static func grouped<Element, Key: Hashable>(
        _ elements: [Element],
        by key: (Element) -> Key
    ) -> [[Element]] {
        var positions: [Key: Int] = [:]
        var groups: [[Element]] = []
        for element in elements {
            let position = positions[key(element), default: groups.count]
            if position == groups.count {
                positions[key(element)] = position
                groups.append([])
            }
            groups[position].append(element)
        }
        return groups
    }

    /// - Parameter targets: groups of one shape, each of one target.
    private init(_ targets: [[Requirement]]) {
        let all = targets.flatMap(\.self)
        let names = Self.unique(targets.compactMap { $0.first?.attributes.target })
        let shown = names.count > Self.mostTargets ? Array(names.prefix(Self.mostTargets - 1)) : names
        let rest = names.count - shown.count
        let objects = enumerated(shown + (rest > 0 ? ["\(rest) more resources"] : []))
        what = "\(enumerated(Self.verbs(of: all))) \(objects)\(all.first.map { Self.scope($0.key) } ?? "")"
        isCalled = all.contains { $0.count > 0 }
        context = Self.context(of: all)
    }

    private static func verbs(of requirements: [Requirement]) -> [String] {
        unique(requirements.map { $0.attributes.verb.isEmpty ? "(no verb)" : $0.attributes.verb })
    }

    /// ` "name" in namespace`, as far as they are known.
    private static func scope(_ key: Requirement.Key) -> String {
        var words = ""
        if key.hasManyNames {
            words += " (many names)"
        } else if !key.attributes.name.isEmpty {
            words += " \"\(key.attributes.name)\""
        }
        if key.hasManyNamespaces {
            words += " in many namespaces"
        } else if !key.attributes.namespace.isEmpty {
            words += " in \(key.attributes.namespace)"
        }
        return words
    }

    private static func context(of requirements: [Requirement]) -> String {
        var parts: [String] = []
        let calls = requirements.reduce(0) { $0 &+ $1.count }
        if calls > 0 {
            let statuses = Set(requirements.flatMap(\.statuses.keys)).sorted().map(String.init)
            parts.append(counted(calls, "call") + (statuses.isEmpty ? "" : " answered \(enumerated(statuses))"))
        }
        let implied = requirements.filter { $0.implied != nil }
        if !implied.isEmpty {
            let reasons = unique(implied.compactMap(\.implied))
            parts.append("\(enumerated(verbs(of: implied))) implied: \(enumerated(reasons))")
        }
        if let origins = OriginList(requirements.flatMap(\.origins)).words { parts.append(origins) }
        let places = unique(requirements.compactMap(\.codeLocation))
        if !places.isEmpty { parts.append("code at \(places.prefix(3).joined(separator: ", "))") }
        return parts.joined(separator: "; ")
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }
}

/// Origins each once, the lines of one file together, and the reasons of one profile:
/// `rbac-trace.jsonl:4,9,12 and 31 more lines, profile for=pods (the informer of builder.For; reads past the cache)`.
private struct OriginList {
    private static let mostLines = 4

    private struct Source {
        var name: String
        /// None where the origin names none.
        var lines: Set<Int> = []
        var reasons: [String] = []

        var words: String {
            reasons.isEmpty
                ? OriginList.words(name, lines.sorted()) : "\(name) (\(reasons.joined(separator: "; ")))"
        }
    }

    /// In the order in which they come first.
    private var sources: [Source] = []

    init(_ origins: [String]) {
        var positions: [String: Int] = [:]
        for origin in origins {
            let reasoned = Self.nameAndReason(origin)
            let (name, line) = reasoned.map { ($0.name, nil) } ?? Self.fileAndLine(origin)
            let position = positions[name, default: sources.count]
            if position == sources.count {
                positions[name] = position
                sources.append(Source(name: name))
            }
            if let line { sources[position].lines.insert(line) }
            if let reason = reasoned?.reason, !sources[position].reasons.contains(reason) {
                sources[position].reasons.append(reason)
            }
        }
    }

    /// `nil` where there are none.
    var words: String? {
        sources.isEmpty ? nil : sources.map(\.words).joined(separator: ", ")
    }

    /// `profile for=pods (the informer of builder.For)` as its two parts.
    private static func nameAndReason(_ origin: String) -> (name: String, reason: String)? {
        guard origin.hasPrefix("profile "), origin.hasSuffix(")"), let start = origin.firstRange(of: " (") else {
            return nil
        }
        return (String(origin[..<start.lowerBound]), String(origin[start.upperBound...].dropLast()))
    }

    private static func words(_ file: String, _ lines: [Int]) -> String {
        if lines.isEmpty { return file }
        let rest = lines.count > mostLines ? " and \(counted(lines.count - mostLines, "more line"))" : ""
        return "\(file):\(lines.prefix(mostLines).map(String.init).joined(separator: ","))\(rest)"
    }

    /// `rbac-trace.jsonl:12` as its two parts; anything else as it is.
    private static func fileAndLine(_ origin: String) -> (file: String, line: Int?) {
        guard let colon = origin.lastIndex(of: ":"), colon > origin.startIndex,
            let line = Int(origin[origin.index(after: colon)...])
        else { return (origin, nil) }
        return (String(origin[..<colon]), line)
    }
}

extension RequestAttributes {
    /// `deployments.apps/status`, as kubectl writes it; the path of a request outside the API.
    var target: String {
        if let nonResourceURL { return nonResourceURL }
        let qualified = group.isEmpty ? resource : "\(resource).\(group)"
        return subresource.isEmpty ? qualified : "\(qualified)/\(subresource)"
    }
}
