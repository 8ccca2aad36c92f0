package import Syntax

/// Which kubeconfig files count, as for kubectl: `--kubeconfig` alone, else the list in `KUBECONFIG`, else
/// `~/.kube/config`.
///
/// Kubernetes: `client-go/tools/clientcmd.ClientConfigLoadingRules`.
package struct KubeconfigFiles: Sendable {
    /// In the order of precedence.
    package var paths: [String]
    /// Whether the one file was named by a flag, and so must exist.
    package var isExplicit: Bool
    /// What named the files: `--kubeconfig`, `KUBECONFIG`, or the default path.
    package var origin: String

    package init(flag: String?, environment: [String: String]) {
        if let flag, !flag.isEmpty {
            self.init(paths: [flag], isExplicit: true, origin: "--kubeconfig")
        } else if let list = environment["KUBECONFIG"], !list.isEmpty {
            var paths: [String] = []
            for path in list.split(separator: ":").map(String.init) where !paths.contains(path) { paths.append(path) }
            self.init(paths: paths, isExplicit: false, origin: "KUBECONFIG")
        } else {
            let home = environment["HOME"] ?? ""
            self.init(paths: home.isEmpty ? [] : ["\(home)/.kube/config"], isExplicit: false, origin: "~/.kube/config")
        }
    }

    private init(paths: [String], isExplicit: Bool, origin: String) {
        self.paths = paths
        self.isExplicit = isExplicit
        self.origin = origin
    }

    /// Reads and merges the files. Those of a list that are missing are skipped.
    ///
    /// - Throws: `InputError` for the first file that is wrong, cannot be read, or was named by the flag and is missing.
    package func load() throws(InputError) -> Kubeconfig {
        var result = Kubeconfig()
        for path in paths {
            guard let bytes = try read(path) else { continue }
            result.merge(try KubeconfigDecoder(file: path).decode(bytes))
        }
        return result
    }

    private func read(_ path: String) throws(InputError) -> [UInt8]? {
        do throws(SystemFile.Failure) {
            return try SystemFile.read(path)
        } catch {
            if error.isMissing, !isExplicit { return nil }
            throw InputError(
                file: path,
                message: "the kubeconfig cannot be read: \(error.text)",
                hint: isExplicit ? "check the path after `--kubeconfig`" : "`\(origin)` names it"
            )
        }
    }
}
