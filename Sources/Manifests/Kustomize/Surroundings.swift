import Syntax

/// Finds the kustomizations around a folder, which give its objects their final names: `config/default` lists
/// `../rbac`, so `config/rbac` takes its prefix and namespace.
enum Surroundings {
    /// The outermost kustomization that lists the folder, directly or by way of another one; `nil` where none does.
    ///
    /// One that lists it lies in the folder above or in a folder beside it. Of several, the one called `default` is taken,
    /// as kubebuilder lays projects out, else the first by name; the others are named in a warning where they would give
    /// other names.
    static func kustomization(
        around folder: String,
        limits: YAMLLimits
    ) -> (file: String, warnings: [ManifestWarning])? {
        var found: String?
        var warnings: [ManifestWarning] = []
        var inner = folder
        var seen: Set<String> = [FileAccess.canonical(folder)]
        while seen.count <= 8 {
            let listing = listing(inner, limits: limits)
            guard let first = listing.first, seen.insert(FileAccess.canonical(first.folder)).inserted else { break }
            let others = listing.dropFirst().filter { !$0.givesSameNames(as: first) }.map(\.file)
            if !others.isEmpty {
                warnings.append(
                    ManifestWarning(
                        message: "names are those that \(first.file) gives; \(others.joined(separator: ", ")) "
                            + "\(others.count == 1 ? "lists" : "list") \(inner) as well, and would give others"
                    )
                )
            }
            found = first.file
            inner = first.folder
        }
        return found.map { ($0, warnings) }
    }

    /// Kustomizations in the folder above and in those beside that list the folder, the best first. What cannot be read
    /// lists nothing.
    private static func listing(_ folder: String, limits: YAMLLimits) -> [Kustomization] {
        let canonical = FileAccess.canonical(folder)
        let parent = FilePath.parent(of: folder)
        var folders = [parent]
        for name in (try? FileAccess.names(in: parent)) ?? [] {
            let path = FilePath.joined(parent, name)
            if FileAccess.kind(of: path) == .folder { folders.append(path) }
        }
        let kustomizations = folders.compactMap { candidate -> Kustomization? in
            guard FileAccess.canonical(candidate) != canonical, let file = Kustomization.file(in: candidate),
                let kustomization = try? Kustomization(file: file, limits: limits),
                !kustomization.isComponent, kustomization.lists(canonical)
            else { return nil }
            return kustomization
        }
        return kustomizations.filter { FilePath.name(of: $0.folder) == "default" }
            + kustomizations.filter { FilePath.name(of: $0.folder) != "default" }
    }
}

extension Kustomization {
    fileprivate func givesSameNames(as other: Kustomization) -> Bool {
        namePrefix == other.namePrefix && nameSuffix == other.nameSuffix && namespace == other.namespace
    }
}
