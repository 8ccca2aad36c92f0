import Diagnosis
package import Manifests
import RBAC
import Syntax

/// The manifests that somebody names.
package enum ManifestInput {
    /// Those at the paths, or at the default path where none is named; `nil` where there are none.
    ///
    /// - Parameter withMarkers: whether the RBAC markers of the Go project around them are read, too.
    /// - Throws: `InputFailure` for what is missing, unreadable or no manifest.
    package static func read(
        _ paths: [String],
        withMarkers: Bool = false,
        warn: InputWarning
    ) throws(InputFailure) -> ManifestSet? {
        let paths = paths.isEmpty ? DefaultPaths.manifests.map { [$0] } ?? [] : paths
        guard !paths.isEmpty else { return nil }
        var set = try InputFailure.during(.manifests) { () throws(InputError) in
            try ManifestLoader.load(paths: paths)
        }
        for warning in set.warnings {
            let place = warning.range.map { "\($0.file):\($0.start.line):\($0.start.column): " } ?? ""
            warn("\(place)warning: \(warning.message)")
        }
        if withMarkers { set.markers = MarkerLoader.load(near: paths) }
        return set
    }
}

extension ManifestSet {
    /// Where the operator runs, as far as the manifests say.
    package var operatorNamespace: String? {
        let candidates =
            workloads.map(\.identity.namespace) + [kustomizeNamespace ?? ""]
            + bindings.flatMap { $0.subjects.filter { $0.kind == "ServiceAccount" }.map(\.namespace) }
        return candidates.first { !$0.isEmpty }
    }
}
