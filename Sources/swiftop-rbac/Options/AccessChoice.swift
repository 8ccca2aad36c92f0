import ArgumentParser

/// `--access`: with whose permissions the command works.
enum AccessChoice: String, ExpressibleByArgument, CaseIterable {
    /// One's own.
    case `self`
    /// Those that the operator's service account has in the cluster, by impersonation.
    case `operator`
    /// Those that the manifests would give it.
    case declared
}
