import Syntax

/// Reads the RBAC markers of the Go project that manifests belong to.
///
/// The project is the nearest folder above the manifests with a `go.mod` or a kubebuilder `PROJECT`. All of its Go files are
/// looked through, and only those with something like a marker are read further.
package struct MarkerLoader {
    private let root: String
    private var project = MarkerProject()

    /// - Parameter paths: of manifests, as the user gave them.
    /// - Returns: `nil` where no Go project is around them, or it has no markers, nor anything that was meant as one.
    package static func load(near paths: [String]) -> MarkerProject? {
        for path in paths where path != "-" {
            guard let root = root(above: path) else { continue }
            var loader = MarkerLoader(root: root)
            loader.load()
            return loader.project.hasMarkers || !loader.project.ignored.isEmpty ? loader.project : nil
        }
        return nil
    }

    private init(root: String) { self.root = root }

    private static func root(above path: String) -> String? {
        var folder = FileAccess.kind(of: path) == .folder ? FilePath.normalized(path) : FilePath.parent(of: path)
        var seen: Set<String> = []
        while seen.insert(FileAccess.canonical(folder)).inserted {
            let isRoot = ["go.mod", "PROJECT"].contains { FileAccess.kind(of: FilePath.joined(folder, $0)) == .file }
            if isRoot { return folder }
            // The repository ends here.
            if FileAccess.kind(of: FilePath.joined(folder, ".git")) != .missing { return nil }
            folder = FilePath.parent(of: folder)
        }
        return nil
    }

    private mutating func load() {
        project.generations = generations()
        var reader = GoFileReader()
        for file in GoFileWalk(root: root).files {
            let path = FilePath.joined(root, file)
            let found = reader.read(path) { bytes -> GoMarkerFile? in
                guard GoFileReader.contains(bytes, "verbs=") || GoFileReader.contains(bytes, "kubebuilder:rbac") else {
                    return nil
                }
                return GoMarkerFile(bytes, path: path, name: file)
            }
            if let found { add(found) }
        }
    }

    private mutating func add(_ file: GoMarkerFile) {
        guard !file.markers.isEmpty || !file.ignored.isEmpty else { return }
        let readers = project.generations.indices.filter { project.generations[$0].covers(file.name) }
        for index in readers { project.generations[index].markers += file.markers }
        if readers.isEmpty {
            let paths = project.generations.flatMap(\.paths).joined(separator: ";")
            project.ignored += file.markers.map {
                IgnoredMarker(reason: .outsidePaths(paths), marker: $0, range: $0.range)
            }
        }
        project.ignored += file.ignored
        project.texts[file.path] = file.text
        if FileAccess.isReadOnly(file.path) { project.readOnlyFiles.insert(file.path) }
    }

    private func generations() -> [MarkerGeneration] {
        for name in MakefileGenerations.names {
            let path = FilePath.joined(root, name)
            guard FileAccess.kind(of: path) == .file, let bytes = try? FileAccess.read(path) else { continue }
            let found = MakefileGenerations(String(decoding: bytes, as: UTF8.self)).generations
            return found.isEmpty ? [MarkerGeneration()] : found
        }
        return [MarkerGeneration()]
    }
}

/// A Go file with something like a marker in it.
package struct GoMarkerFile: Sendable {
    package let path: String
    /// From the project's root.
    let name: String
    package let text: String
    package private(set) var markers: [RBACMarker] = []
    private(set) var ignored: [IgnoredMarker] = []

    /// A changed text of a file.
    ///
    /// - Returns: `nil` for what is no Go source.
    package init?(_ text: String, path: String) {
        let bytes = Array(text.utf8)
        guard let file = bytes.withUnsafeBufferPointer({ GoMarkerFile($0, path: path, name: path) }) else { return nil }
        self = file
    }

    /// - Returns: `nil` for what is no Go source.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, path: String, name: String) {
        guard let source = try? SourceText(Array(bytes), file: path) else { return nil }
        self.path = path
        self.name = name
        text = String(decoding: bytes, as: UTF8.self)
        let base = name.split(separator: "/").last.map(String.init) ?? name
        let fileReason: IgnoredMarker.Reason? =
            base.hasSuffix("_test.go")
            ? .testFile : BuildConstraint.allows(fileNamed: base) && BuildConstraint.allows(bytes) ? nil : .notBuilt
        for comment in GoCommentScanner.comments(bytes) {
            add(comment, bytes, source, fileReason)
        }
    }

    private mutating func add(
        _ comment: GoComment,
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ source: SourceText,
        _ fileReason: IgnoredMarker.Reason?
    ) {
        let content = Array(bytes[comment.text])
        guard content.contains(UInt8(ascii: "=")) || content.starts(with: "+\(MarkerParser.name)".utf8) else { return }
        let range = SourceRange(
            file: path,
            start: source.location(ofOffset: comment.text.lowerBound),
            end: source.location(ofOffset: comment.text.upperBound)
        )
        guard content.first == UInt8(ascii: "+") else { return addUnknown(content, range) }
        switch MarkerParser.parse(source.bytes[comment.text]) {
        case .other: addUnknown(content, range)
        case .malformed(let reason):
            // What stands where it does not count is not parsed either.
            if fileReason == nil, comment.placement == .package {
                ignored.append(IgnoredMarker(reason: .malformed(reason), marker: nil, range: range))
            }
        case .marker(let fields):
            let marker = RBACMarker(fields, range: range)
            let reason: IgnoredMarker.Reason? =
                switch comment.placement {
                case .package: fileReason
                case .documentation: .documentation
                case .inside: .inside
                case .trailing: .trailing
                case .block: .block
                }
            if let reason {
                ignored.append(IgnoredMarker(reason: reason, marker: marker, range: range))
            } else {
                markers.append(marker)
            }
        }
    }

    /// Something with `verbs=` under another name; whether that name is a slip is for others to say.
    private mutating func addUnknown(_ content: [UInt8], _ range: SourceRange) {
        let text = String(decoding: content, as: UTF8.self)
        guard text.contains("verbs="), let equals = text.firstIndex(of: "=") else { return }
        ignored.append(IgnoredMarker(reason: .misspelt(String(text[..<equals])), marker: nil, range: range))
    }
}
