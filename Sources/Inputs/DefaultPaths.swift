#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where inputs are looked for when no flag names them.
package enum DefaultPaths {
    /// The first that exists of `config/default` (where it is a kustomization), `config/rbac`, `deploy`, `role.yaml`.
    package static var manifests: String? {
        let kustomizations = ["kustomization.yaml", "kustomization.yml", "Kustomization"]
        if kustomizations.contains(where: { exists("config/default/\($0)") }) { return "config/default" }
        return ["config/rbac", "deploy", "role.yaml"].first(where: exists)
    }

    /// What `manifests` looks for, in words.
    package static let names = "`config/default`, `config/rbac`, `deploy` and `role.yaml`"

    /// `rbac-trace.jsonl`, if it exists.
    package static var trace: String? { exists(traceName) ? traceName : nil }

    /// Where recorders write, unless they are told otherwise.
    package static let traceName = "rbac-trace.jsonl"

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
