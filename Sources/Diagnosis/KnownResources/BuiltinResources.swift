extension KnownResources {
    /// What kube-apiserver v1.36 itself knows. Read from a compact table at the first use, once a process.
    package static let builtin = KnownResources(readTable(builtinTable))

    /// Reads the table of our own; a line that it does not understand is left out, which a test would notice.
    private static func readTable(_ table: StaticString) -> [KnownResource] {
        let text = table.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        var resources: [KnownResource] = []
        var group = TableGroup(name: "", versions: [], origin: .builtIn)
        for line in text.split(separator: "\n") {
            if line.hasPrefix("[") {
                group = TableGroup(line: line.dropFirst().dropLast())
            } else if let resource = readResource(line, in: group) {
                resources.append(resource)
            }
        }
        return resources
    }

    private struct TableGroup {
        var name: String
        var versions: [String]
        var origin: KnownResource.Origin

        init(name: String, versions: [String], origin: KnownResource.Origin) {
            self.name = name
            self.versions = versions
            self.origin = origin
        }

        init(line: Substring) {
            let origins: [Character: KnownResource.Origin] = ["?": .optional, "!": .authorizationOnly]
            let origin = line.first.flatMap { origins[$0] }
            let words = (origin == nil ? line : line.dropFirst()).split(separator: " ").map(String.init)
            let name = words.first ?? ""
            self.init(
                name: name == "-" ? "" : name,
                versions: Array(words.dropFirst()),
                origin: origin ?? .builtIn
            )
        }
    }

    private static func readResource(_ line: Substring, in group: TableGroup) -> KnownResource? {
        let words = line.split(separator: " ")
        guard words.count >= 6 else { return nil }
        let plural = String(words[0])
        var subresources = words.dropFirst(6).map { word in
            let parts = word.split(separator: "=")
            return KnownResource.Subresource(name: String(parts[0]), verbs: verbs(parts.count > 1 ? parts[1] : ""))
        }
        if group.name.isEmpty, plural == "nodes" {
            subresources += kubeletSubresourceNames.map {
                KnownResource.Subresource(name: $0, verbs: ["create", "delete", "get", "patch", "update"])
            }
        }
        return KnownResource(
            group: group.name,
            versions: group.versions,
            plural: plural,
            singular: String(words[1]),
            kind: String(words[2]),
            shortNames: words[4] == "-" ? [] : words[4].split(separator: ",").map(String.init),
            isNamespaced: words[3] == "N",
            verbs: verbs(words[5]),
            subresources: subresources,
            origin: group.origin
        )
    }

    private static func verbs(_ letters: Substring) -> [String] {
        if letters == "*" { return KnownResource.allVerbs }
        let words: [Character: String] = [
            "c": "create", "d": "delete", "D": "deletecollection", "g": "get", "l": "list", "p": "patch",
            "u": "update", "w": "watch",
        ]
        return letters.compactMap { words[$0] }.sorted()
    }
}

/// What the kubelet asks about before it answers on its own port, as subresources of `nodes`; the API server serves none
/// of them. Kubernetes: `pkg/kubelet/server/auth.go`.
let kubeletSubresourceNames = ["checkpoint", "configz", "healthz", "log", "metrics", "pods", "spec", "stats"]
