import Syntax

/// Reads what a kustomization lists, with the names that it gives, as `kustomize build` does.
///
/// kustomize: `api/internal/target/kusttarget.go`. Each kustomization renames what it and those below it list; references
/// between objects are followed once, at the outermost one.
struct KustomizeBuild {
    private let limits: YAMLLimits
    private let scope: Scope
    private var files = LoadedFiles()
    private var warnings: [ManifestWarning] = []
    /// The namespace that the outermost kustomization sets which sets one.
    private(set) var namespace: String?
    /// Canonical paths of the folders being read.
    private var openFolders: [String] = []
    /// Whether what is read now lies in what the user named.
    private var isAsked: Bool
    /// Whether the error that is on its way up comes from there.
    private var isAskedFailure = false

    enum Scope {
        /// Everything was asked for, and must be readable.
        case everything
        /// Only this folder (its canonical path) was asked for; trouble elsewhere is a warning.
        case folder(String)
    }

    init(limits: YAMLLimits, scope: Scope = .everything) {
        self.limits = limits
        self.scope = scope
        if case .everything = scope { isAsked = true } else { isAsked = false }
    }

    /// The files read, with all warnings.
    var filesAndWarnings: LoadedFiles {
        var files = files
        files.warnings = warnings + files.warnings
        return files
    }

    /// The objects of a kustomization under their final names.
    mutating func build(_ file: String) throws(InputError) -> [LoadedObject] {
        var objects: [LoadedObject] = []
        try accumulate(file, into: &objects, from: nil)
        var references = NameReferences(objects)
        references.update()
        warnings += references.warnings
        return references.objects
    }

    /// - Parameter place: where the kustomization is listed.
    private mutating func accumulate(
        _ file: String,
        into objects: inout [LoadedObject],
        from place: SourceRange?
    ) throws(InputError) {
        let kustomization = try Kustomization(file: file, limits: limits)
        let canonical = FileAccess.canonical(kustomization.folder)
        guard !openFolders.contains(canonical) else {
            throw InputError(
                file: place?.file ?? file,
                location: place?.start,
                message: "`\(kustomization.folder)` lists itself, by way of what it lists",
                hint: "take one of the folders off its list"
            )
        }
        openFolders.append(canonical)
        let wasAsked = isAsked
        if case .folder(canonical) = scope { isAsked = true }
        defer {
            openFolders.removeLast()
            isAsked = wasAsked
        }
        do throws(InputError) { try gather(kustomization, into: &objects) } catch {
            if isAsked { isAskedFailure = true }
            throw error
        }
        warnings += UnfollowedFeatures(kustomization, objects: objects, limits: limits).warnings
        KustomizeTransformation(kustomization).apply(to: &objects)
        if !kustomization.namespace.isEmpty { namespace = kustomization.namespace }
    }

    private mutating func gather(
        _ kustomization: Kustomization,
        into objects: inout [LoadedObject]
    ) throws(InputError) {
        for resource in kustomization.resources {
            try tolerantly(at: resource.range) { (build) throws(InputError) in
                objects += try build.resource(resource, of: kustomization)
            }
        }
        for component in kustomization.components {
            try tolerantly(at: component.range) { (build) throws(InputError) in
                try build.component(component, of: kustomization, into: &objects)
            }
        }
    }

    /// Trouble with what was not asked for is a warning.
    private mutating func tolerantly(
        at place: SourceRange,
        _ body: (inout KustomizeBuild) throws(InputError) -> Void
    ) throws(InputError) {
        if isAsked { return try body(&self) }
        do throws(InputError) { try body(&self) } catch {
            if isAskedFailure { throw error }
            warnings.append(ManifestWarning(message: "not read: \(error.message) (\(error.place))", range: place))
        }
    }

    private mutating func resource(
        _ resource: Kustomization.Reference,
        of kustomization: Kustomization
    ) throws(InputError) -> [LoadedObject] {
        let path = kustomization.path(of: resource.text)
        switch FileAccess.kind(of: path) {
        case .folder:
            if let file = Kustomization.file(in: path) {
                var objects: [LoadedObject] = []
                try accumulate(file, into: &objects, from: resource.range)
                return objects
            }
            // kustomize refuses such a folder; where it is what the user named, its files are what is meant.
            if case .folder(FileAccess.canonical(path)) = scope {
                do throws(InputError) { return try FolderWalk(limits: limits).objects(below: path, into: &files) } catch
                {
                    isAskedFailure = true
                    throw error
                }
            }
            throw InputError(
                file: kustomization.file,
                location: resource.range.start,
                message: "`\(resource.text)` has no kustomization.yaml",
                hint: "add one, or list its files"
            )
        case .missing where Kustomization.isRemote(resource.text):
            warnAboutRemote(resource)
            return []
        case .missing:
            throw InputError(
                file: kustomization.file,
                location: resource.range.start,
                message: "`\(resource.text)` is listed here and does not exist",
                hint: "mend the path, or take it off the list"
            )
        default:
            var objects = try files.objects(in: path, isNamed: true, limits: limits)
            for index in objects.indices { objects[index].isAsked = isAsked }
            return objects
        }
    }

    private mutating func warnAboutRemote(_ reference: Kustomization.Reference) {
        guard isAsked else { return }
        warnings.append(
            ManifestWarning(message: "`\(reference.text)` is elsewhere, and was not read", range: reference.range)
        )
    }

    /// A component's own resources join the ones that stand above it, and it renames them all.
    private mutating func component(
        _ component: Kustomization.Reference,
        of kustomization: Kustomization,
        into objects: inout [LoadedObject]
    ) throws(InputError) {
        let path = kustomization.path(of: component.text)
        if let file = Kustomization.file(in: path) {
            try accumulate(file, into: &objects, from: component.range)
        } else if Kustomization.isRemote(component.text), FileAccess.kind(of: path) == .missing {
            warnAboutRemote(component)
        } else {
            throw InputError(
                file: kustomization.file,
                location: component.range.start,
                message: "`\(component.text)` is no component: it has no kustomization.yaml",
                hint: "mend the path, or take it off the list"
            )
        }
    }
}

extension InputError {
    /// `FILE:LINE:COLUMN`, or `FILE`.
    var place: String { location.map { "\(file):\($0.line):\($0.column)" } ?? file }
}
