package import Syntax

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads the manifests that a user names: files, folders, kustomizations, standard input.
package struct ManifestLoader {
    private let limits: YAMLLimits
    private var set = ManifestSet()
    /// Canonical paths of folders being read, so that a link cannot lead in a circle.
    private var openFolders: Set<String> = []

    /// Everything below the paths, in their order.
    ///
    /// - Throws: `InputError` with file, line and column for what is missing, unreadable or of a wrong shape.
    package static func load(paths: [String], limits: YAMLLimits = .default) throws(InputError) -> ManifestSet {
        var loader = ManifestLoader(limits: limits)
        for path in paths { try loader.load(path) }
        loader.set.paths = paths
        loader.set.keepLastDefinitions()
        return loader.set
    }

    private init(limits: YAMLLimits) { self.limits = limits }

    private mutating func load(_ path: String) throws(InputError) {
        if path == "-" {
            let bytes = try FileAccess.read(STDIN_FILENO, name: "<stdin>", limit: limits.bytes)
            set.append(try objects(bytes, file: "<stdin>"))
            return
        }
        guard FileAccess.kind(of: path) == .folder else {
            set.append(try objects(FileAccess.read(path, limit: limits.bytes), file: path))
            return
        }
        let folder = Self.trimmed(path)
        var found = Kustomization.file(in: folder) == nil ? try contents(of: folder) : try kustomized(folder)
        for wrapper in Kustomization.wrappers(of: folder) {
            found = try Kustomization(file: wrapper, limits: limits).applied(to: found)
        }
        set.append(found)
    }

    /// Every manifest below a folder.
    private mutating func contents(of folder: String) throws(InputError) -> ManifestSet {
        let canonical = FileAccess.canonical(folder)
        guard openFolders.insert(canonical).inserted else { return ManifestSet() }
        defer { openFolders.remove(canonical) }
        var found = ManifestSet()
        for name in try FileAccess.names(in: folder) {
            let path = Self.joined(folder, name)
            switch FileAccess.kind(of: path) {
            case .folder where Kustomization.file(in: path) != nil:
                found.append(try kustomized(path))
            case .folder:
                found.append(try contents(of: path))
            case .file where [".yaml", ".yml", ".json"].contains(where: name.hasSuffix):
                found.append(try objects(FileAccess.read(path, limit: limits.bytes), file: path))
            default:
                continue
            }
        }
        return found
    }

    /// What a folder's kustomization lists, with the names that it gives.
    private mutating func kustomized(_ folder: String) throws(InputError) -> ManifestSet {
        let canonical = FileAccess.canonical(folder)
        guard let file = Kustomization.file(in: folder), openFolders.insert(canonical).inserted else {
            return ManifestSet()
        }
        defer { openFolders.remove(canonical) }
        let kustomization = try Kustomization(file: file, limits: limits)
        var found = ManifestSet()
        for resource in kustomization.resources {
            let path = Self.joined(folder, resource.text)
            switch FileAccess.kind(of: path) {
            case .folder where Kustomization.file(in: path) != nil:
                found.append(try kustomized(path))
            case .folder:
                throw InputError(
                    file: file,
                    location: resource.range.start,
                    message: "`\(resource.text)` has no kustomization.yaml",
                    hint: "add one, or list its files"
                )
            case .file:
                found.append(try objects(FileAccess.read(path, limit: limits.bytes), file: path))
            default:
                guard !resource.text.contains("://"), !resource.text.hasPrefix("github.com/") else {
                    found.warnings.append(
                        ManifestWarning(
                            message: "`\(resource.text)` is elsewhere and was not read",
                            range: resource.range
                        )
                    )
                    continue
                }
                throw InputError(
                    file: file,
                    location: resource.range.start,
                    message: "`\(resource.text)` is listed here and does not exist",
                    hint: "mend the path, or take it off the list"
                )
            }
        }
        return try kustomization.applied(to: found)
    }

    private func objects(_ bytes: [UInt8], file: String) throws(InputError) -> ManifestSet {
        var reader = ObjectReader()
        for document in try YAMLParser.documents(bytes, file: file, limits: limits) { try reader.read(document) }
        reader.objects.texts[file] = String(decoding: bytes, as: UTF8.self)
        return reader.objects
    }

    static func joined(_ folder: String, _ name: String) -> String {
        if name.hasPrefix("/") { return name }
        return normalized(folder == "." ? name : "\(trimmed(folder))/\(name)")
    }

    /// `a/b/../c` as `a/c`, so that a message names the path that a person would.
    private static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: true) where part != "." {
            if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    static func trimmed(_ path: String) -> String {
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return String(path)
    }
}

extension ManifestSet {
    mutating func append(_ other: ManifestSet) {
        roles += other.roles
        bindings += other.bindings
        serviceAccounts += other.serviceAccounts
        workloads += other.workloads
        crds += other.crds
        skipped.merge(other.skipped, uniquingKeysWith: +)
        warnings += other.warnings
        kustomizeNamespace = kustomizeNamespace ?? other.kustomizeNamespace
        texts.merge(other.texts) { $1 }
    }

    /// Of two objects of one name the later one stands, as after `kubectl apply`; a warning names both places.
    mutating func keepLastDefinitions() {
        var newWarnings: [ManifestWarning] = []
        func keepLast<Item>(_ items: [Item], _ identity: (Item) -> ObjectIdentity, _ range: (Item) -> SourceRange)
            -> [Item]
        {
            var last: [String: Int] = [:]
            for (index, item) in items.enumerated() {
                let id = identity(item)
                let key = "\(id.kind)/\(id.namespace)/\(id.name)"
                if let earlier = last[key], range(items[earlier]) != range(item) {
                    newWarnings.append(
                        ManifestWarning(
                            message: "the \(id.kind) `\(id.name)` is also defined at "
                                + "\(range(items[earlier]).file):\(range(items[earlier]).start.line); this later one counts",
                            range: range(item)
                        )
                    )
                }
                last[key] = index
            }
            let kept = Set(last.values)
            return items.enumerated().filter { kept.contains($0.offset) }.map(\.element)
        }
        roles = keepLast(roles, \.identity, \.range)
        bindings = keepLast(bindings, \.identity, \.range)
        warnings += newWarnings
    }
}
