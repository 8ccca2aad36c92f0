#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Discovery in a file for each server. What cannot be read or written counts as not there: a cache is no reason to
/// fail. Waits for the disk, so it must not be called from a task.
struct DiscoveryStore {
    private let cache: DiscoveryCache
    private static let format = "2"

    init(_ cache: DiscoveryCache) { self.cache = cache }

    /// `nil` where there is no entry, an old one, or one of another server or format.
    func read(_ server: String, now: Double = Clock.now) -> APIResources? {
        guard let bytes = try? SystemFile.read(path(server)), let document = try? JSONValue(bytes),
            document["format"].string == Self.format, document["server"].string == server,
            case .number(let text) = document["time"], let time = Double(text), time <= now,
            now - time < cache.lifetime
        else { return nil }
        var resources = APIResources(groups: DiscoveryDocuments.groups(aggregated: document))
        for member in document["etags"].members { resources.etags[member.key] = member.value.string }
        return resources
    }

    func write(_ resources: APIResources, _ server: String, now: Double = Clock.now) {
        makeFolders()
        let document = JSONValue.object([
            .init(key: "format", value: .string(Self.format)), .init(key: "server", value: .string(server)),
            .init(key: "time", value: .number("\(now)")),
            .init(
                key: "etags",
                value: .object(resources.etags.sorted { $0.key < $1.key }.map { .init(key: $0, value: .string($1)) })
            ),
            .init(key: "items", value: .array(resources.groups.map(Self.json))),
        ])
        let path = path(server)
        // Readers see the old file or the whole new one.
        let draft = "\(path).\(getpid())"
        guard SystemFile.write(Array(document.serialized.utf8), to: draft) else { return }
        if rename(draft, path) != 0 { unlink(draft) }
    }

    private func makeFolders() {
        var path = ""
        for part in cache.folder.split(separator: "/") {
            path += "/\(part)"
            mkdir(path, 0o700)
        }
    }

    private func path(_ server: String) -> String {
        let name = server.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            return byte < 0x80 && (character.isLetter || character.isNumber || character == ".") ? character : "_"
        }
        return "\(cache.folder)/\(String(name.prefix(150)))-\(String(Self.hash(server), radix: 16)).json"
    }

    /// FNV-1a: tells apart what the plain name does not.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// In the aggregated form, of which only what is used is kept.
    private static func json(_ group: APIResources.Group) -> JSONValue {
        .object([
            .init(key: "metadata", value: .object([.init(key: "name", value: .string(group.name))])),
            .init(
                key: "versions",
                value: .array(
                    group.versions.map { version in
                        .object([
                            .init(key: "version", value: .string(version.name)),
                            .init(key: "resources", value: .array(version.resources.map(json))),
                        ])
                    }
                )
            ),
        ])
    }

    private static func json(_ resource: APIResources.Resource) -> JSONValue {
        let subresources = resource.subresources.sorted { $0.key < $1.key }.map { name, verbs in
            JSONValue.object([
                .init(key: "subresource", value: .string(name)), .init(key: "verbs", value: strings(verbs)),
            ])
        }
        return .object([
            .init(key: "resource", value: .string(resource.name)),
            .init(key: "singularResource", value: .string(resource.singular)),
            .init(key: "responseKind", value: .object([.init(key: "kind", value: .string(resource.kind))])),
            .init(key: "shortNames", value: strings(resource.shortNames)),
            .init(key: "scope", value: .string(resource.isNamespaced ? "Namespaced" : "Cluster")),
            .init(key: "verbs", value: strings(resource.verbs)),
            .init(key: "subresources", value: .array(subresources)),
        ])
    }

    private static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}

extension SystemFile {
    /// Writes a file that only its owner may read; whether it worked.
    static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in
                #if canImport(Darwin)
                    Darwin.write(descriptor, bytes.baseAddress, bytes.count)
                #else
                    Glibc.write(descriptor, bytes.baseAddress, bytes.count)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
