package import Syntax

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads the manifests that a user names: files, folders, kustomizations, standard input.
package struct ManifestLoader {
    private let limits: YAMLLimits
    private let standardInput: [UInt8]?
    private var set = ManifestSet()

    /// Everything below the paths, in their order; of two objects of one name the later one stands, with a warning.
    ///
    /// - Parameters:
    ///   - paths: Files, folders, folders with a kustomization, or `-` for standard input.
    ///   - standardInput: What `-` stands for; read from the process's own where `nil`.
    /// - Throws: `InputError` with file, line and column for what is missing, unreadable or of a wrong shape.
    package static func load(
        paths: [String],
        standardInput: [UInt8]? = nil,
        limits: YAMLLimits = .default
    ) throws(InputError) -> ManifestSet {
        var loader = ManifestLoader(limits: limits, standardInput: standardInput)
        for path in paths { try loader.load(path) }
        loader.set.paths = paths
        loader.set.finish()
        return loader.set
    }

    private init(limits: YAMLLimits, standardInput: [UInt8]?) {
        self.limits = limits
        self.standardInput = standardInput
    }

    private mutating func load(_ path: String) throws(InputError) {
        if path == "-" {
            if let standardInput { return try load(standardInput, file: "<stdin>") }
            return try load(FileAccess.read(STDIN_FILENO, name: "<stdin>", limit: limits.bytes), file: "<stdin>")
        }
        if Kustomization.fileNames.contains(FilePath.name(of: path)), FileAccess.kind(of: path) == .file {
            return try loadFolder(FilePath.parent(of: path), named: path)
        }
        guard FileAccess.kind(of: path) == .folder else {
            let bytes = try FileAccess.read(path, limit: limits.bytes)
            if FileAccess.isReadOnly(path) { set.readOnlyFiles.insert(path) }
            if FileAccess.kind(of: path) == .stream { set.streams.insert(path) }
            return try load(bytes, file: path)
        }
        try loadFolder(FilePath.normalized(path), named: path)
    }

    private mutating func load(_ bytes: [UInt8], file: String) throws(InputError) {
        var files = LoadedFiles()
        let objects = try files.objects(of: bytes, file: file, isNamed: true, limits: limits)
        guard !objects.isEmpty || !bytes.allSatisfy({ $0 <= 0x20 }) else {
            throw InputError(file: file, message: "the file is empty", hint: "give manifests; did what writes it fail?")
        }
        set.add(objects, files)
    }

    /// - Parameter path: what the user named.
    private mutating func loadFolder(_ folder: String, named path: String) throws(InputError) {
        let own = Kustomization.file(in: folder)
        guard let around = Surroundings.kustomization(around: folder, limits: limits) else {
            guard let own else {
                var files = LoadedFiles()
                let objects = try FolderWalk(limits: limits).objects(below: folder, into: &files)
                guard !files.texts.isEmpty else { throw Self.nothingBelow(folder) }
                return set.add(objects, files)
            }
            set.kustomizations[path] = folder
            return try load(own, KustomizeBuild(limits: limits))
        }
        set.warnings += around.warnings
        set.kustomizations[path] = FilePath.parent(of: around.file)
        let scope = KustomizeBuild.Scope.folder(FileAccess.canonical(folder))
        try load(around.file, KustomizeBuild(limits: limits, scope: scope))
    }

    private mutating func load(_ file: String, _ build: KustomizeBuild) throws(InputError) {
        var build = build
        let objects = try build.build(file)
        set.add(objects, build.filesAndWarnings)
        set.kustomizeNamespace = set.kustomizeNamespace ?? build.namespace
    }

    private static func nothingBelow(_ folder: String) -> InputError {
        InputError(
            file: folder,
            message: "there is no .yaml, .yml or .json file below this folder",
            hint: "name the folder that holds the roles"
        )
    }
}
