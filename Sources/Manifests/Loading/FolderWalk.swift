import Syntax

/// Reads every manifest below a folder that has no kustomization of its own.
///
/// Where a folder below has one, that says what counts there. A kustomization that another one below the same folder
/// lists is read as a part of it only, so that `config` holds each role once, under its final name.
struct FolderWalk {
    private let limits: YAMLLimits

    init(limits: YAMLLimits) { self.limits = limits }

    /// What lies below a folder, sorted by path.
    private struct Findings {
        var files: [String] = []
        var kustomizations: [String] = []
        /// Canonical paths of the folders seen, so that a link cannot lead in a circle, nor to one folder twice.
        var seen: Set<String> = []
    }

    func objects(below folder: String, into files: inout LoadedFiles) throws(InputError) -> [LoadedObject] {
        var found = Findings()
        try walk(folder, &found)
        var objects: [LoadedObject] = []
        for file in found.files { objects += try files.objects(in: file, isNamed: false, limits: limits) }
        for file in try roots(of: found.kustomizations) {
            var build = KustomizeBuild(limits: limits)
            objects += try build.build(file)
            files.add(build.filesAndWarnings)
        }
        return objects
    }

    private func walk(_ folder: String, _ found: inout Findings) throws(InputError) {
        guard found.seen.insert(FileAccess.canonical(folder)).inserted else { return }
        for name in try FileAccess.names(in: folder) {
            let path = FilePath.joined(folder, name)
            switch FileAccess.kind(of: path) {
            case .folder:
                if let file = Kustomization.file(in: path) {
                    if found.seen.insert(FileAccess.canonical(path)).inserted { found.kustomizations.append(file) }
                } else {
                    try walk(path, &found)
                }
            case .file where FilePath.isManifest(name):
                found.files.append(path)
            default:
                continue
            }
        }
    }

    /// The kustomizations that no other of them lists; components stand for nothing alone.
    private func roots(of files: [String]) throws(InputError) -> [String] {
        var all: [Kustomization] = []
        for file in files { all.append(try Kustomization(file: file, limits: limits)) }
        let whole = all.filter { !$0.isComponent }
        let roots = whole.filter { one in
            let folder = FileAccess.canonical(one.folder)
            return !all.contains { $0.file != one.file && $0.lists(folder) }
        }
        return (roots.isEmpty ? whole : roots).map(\.file)
    }
}
