import Inputs
import Manifests
import Traces

/// Reads what the flags name: manifests, traces, profiles, requirements of the command line.
///
/// What was left out of an input goes to standard error.
struct InputLoader {
    /// The manifests that `-r` names, or the default ones; `nil` where there are none.
    ///
    /// - Parameters:
    ///   - withMarkers: whether the RBAC markers of the Go project around them are read, too.
    ///   - isAgain: whether the warnings were shown already.
    static func manifests(
        _ options: ManifestOptions,
        withMarkers: Bool = false,
        isAgain: Bool = false
    ) throws(CommandFailure) -> ManifestSet? {
        try CommandFailure.reading { () throws(InputFailure) in
            try ManifestInput.read(
                options.roles,
                withMarkers: withMarkers,
                warn: isAgain ? { _ in } : Console.writeError
            )
        }
    }

    /// Traces, profiles and `--need`, merged.
    static func required(
        _ options: RequirementOptions,
        manifests: ManifestSet?,
        namespace: String?
    ) throws(CommandFailure) -> RequirementInput.Required {
        let input = RequirementInput(
            traces: options.traces,
            profiles: options.profiles,
            watchNamespaces: options.watchNamespaces,
            needs: options.needs,
            namespace: namespace
        )
        return try CommandFailure.reading { () throws(InputFailure) in
            try input.read(manifests: manifests, warn: Console.writeError)
        }
    }

    /// One trace.
    static func trace(_ path: String) throws(CommandFailure) -> Trace {
        try CommandFailure.reading { () throws(InputFailure) in
            try RequirementInput.trace(path, warn: Console.writeError)
        }
    }

    /// The requirements of `NAME`, `NAME=RESOURCE[.GROUP]` or a file.
    static func requirements(
        ofProfile argument: String,
        _ scope: Profile.Scope
    ) throws(CommandFailure) -> [Requirement] {
        try CommandFailure.reading { () throws(InputFailure) in try ProfileInput.requirements(of: argument, scope) }
    }

    /// A built-in profile, or one in a file.
    static func profile(named name: String) throws(CommandFailure) -> Profile {
        try CommandFailure.reading { () throws(InputFailure) in try ProfileInput.profile(named: name) }
    }
}
