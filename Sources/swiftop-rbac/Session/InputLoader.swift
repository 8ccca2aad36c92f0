import Diagnosis
import Inputs
import Manifests
import RBAC
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
                warn: isAgain ? { _ in } : Console.writeMessage
            )
        }
    }

    /// Traces, profiles and `--need`, merged.
    static func required(
        _ options: RequirementOptions,
        manifests: ManifestSet?,
        namespace: String?
    ) throws(CommandFailure) -> RequirementInput.Required {
        let input = options.input(namespace: namespace)
        return try CommandFailure.reading { () throws(InputFailure) in
            try input.read(manifests: manifests, warn: Console.writeMessage)
        }
    }

    /// One trace; what was left out of it goes to standard error.
    static func trace(_ path: String, filter: TraceFilter = TraceFilter()) throws(CommandFailure) -> Trace {
        try CommandFailure.reading { () throws(InputFailure) in
            try RequirementInput.trace(path, filter: filter, warn: Console.writeMessage)
        }
    }

    /// The requirements of a log or trace that were refused (403), with what they imply: an informer's list, the watch.
    static func refusals(_ path: String) throws(CommandFailure) -> [Requirement] {
        let all = try trace(path).requirements.requirements
        func place(_ requirement: Requirement) -> Requirement.Key {
            var key = requirement.key
            key.attributes.verb = ""
            return key
        }
        let places = Set(all.filter { $0.statuses[403] != nil }.map(place))
        let refused = all.filter { requirement in
            requirement.statuses[403] != nil || requirement.implied != nil && places.contains(place(requirement))
        }
        guard !refused.isEmpty else {
            throw CommandFailure(
                .trace,
                "\(path): error: nothing was refused in it\n  hint: name a log that holds the refusal, or the trace with -t"
            )
        }
        return refused
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
