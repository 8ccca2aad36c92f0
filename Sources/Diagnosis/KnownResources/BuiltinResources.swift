extension KnownResources {
    /// What kube-apiserver v1.36 itself knows. Read from a compact table at the first use, once a process.
    package static let builtin = KnownResources(readTable(builtinTable))

    /// Reads the table of our own; a line that it does not understand is left out, which a test would notice.
    private static func readTable(_ table: StaticString) -> [KnownResource] {
        table.withUTF8Buffer { bytes in
            var resources: [KnownResource] = []
            var group = TableGroup(name: "", versions: [], origin: .builtIn)
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                if line.first == UInt8(ascii: "[") {
                    group = TableGroup(line: line.dropFirst().dropLast())
                } else if let resource = readResource(line, in: group) {
                    resources.append(resource)
                }
            }
            return resources
        }
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

        init(line: TableText) {
            let origin: KnownResource.Origin? =
                switch line.first {
                case UInt8(ascii: "?"): .optional
                case UInt8(ascii: "!"): .authorizationOnly
                default: nil
                }
            let words = texts(origin == nil ? line : line.dropFirst(), separator: " ")
            let name = words.first ?? ""
            self.init(
                name: name == "-" ? "" : name,
                versions: Array(words.dropFirst()),
                origin: origin ?? .builtIn
            )
        }
    }

    private static func readResource(_ line: TableText, in group: TableGroup) -> KnownResource? {
        let words = line.split(separator: UInt8(ascii: " "))
        guard words.count >= 6 else { return nil }
        let plural = text(words[0])
        var subresources = words.dropFirst(6).map { word in
            let parts = word.split(separator: UInt8(ascii: "="))
            return KnownResource.Subresource(name: text(parts[0]), verbs: parts.count > 1 ? verbs(parts[1]) : [])
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
            singular: text(words[1]),
            kind: text(words[2]),
            shortNames: words[4].first == UInt8(ascii: "-") ? [] : texts(words[4], separator: ","),
            isNamespaced: words[3].first == UInt8(ascii: "N"),
            verbs: verbs(words[5]),
            subresources: subresources,
            origin: group.origin
        )
    }

    private static func verbs(_ letters: TableText) -> [String] {
        if letters.first == UInt8(ascii: "*") { return KnownResource.allVerbs }
        return letters.compactMap { letter -> String? in
            switch letter {
            case UInt8(ascii: "c"): "create"
            case UInt8(ascii: "d"): "delete"
            case UInt8(ascii: "D"): "deletecollection"
            case UInt8(ascii: "g"): "get"
            case UInt8(ascii: "l"): "list"
            case UInt8(ascii: "p"): "patch"
            case UInt8(ascii: "u"): "update"
            case UInt8(ascii: "w"): "watch"
            default: nil
            }
        }.sorted()
    }
}

/// A part of the table.
private typealias TableText = Slice<UnsafeBufferPointer<UInt8>>

private func text(_ bytes: TableText) -> String { String(decoding: bytes, as: UTF8.self) }

private func texts(_ bytes: TableText, separator: Unicode.Scalar) -> [String] {
    bytes.split(separator: UInt8(ascii: separator)).map(text)
}

/// What the kubelet asks about before it answers on its own port, as subresources of `nodes`; the API server serves none
/// of them. Kubernetes: `pkg/kubelet/server/auth.go`.
let kubeletSubresourceNames = ["checkpoint", "configz", "healthz", "log", "metrics", "pods", "spec", "stats"]
