import Diagnosis
import Manifests
import Profiles
import RBAC
import Syntax
import Traces

/// Reads what the flags name: manifests, traces, profiles, requirements of the command line.
struct InputLoader {
    /// What the operator is required to be allowed.
    struct Required {
        var requirements = RequirementSet()
        var hasTrace = false
    }

    /// The manifests that `-r` names, or the default ones; `nil` where there are none.
    static func manifests(_ options: ManifestOptions) throws(CommandFailure) -> ManifestSet? {
        let paths = options.roles.isEmpty ? DefaultPaths.manifests.map { [$0] } ?? [] : options.roles
        guard !paths.isEmpty else { return nil }
        let set = try CommandFailure.during(.manifests) { () throws(InputError) in
            try ManifestLoader.load(paths: paths)
        }
        for warning in set.warnings {
            let place = warning.range.map { "\($0.file):\($0.start.line):\($0.start.column): " } ?? ""
            Console.writeError("\(place)warning: \(warning.message)")
        }
        return set
    }

    /// Traces, profiles and `--need`, merged.
    static func required(
        _ options: RequirementOptions,
        manifests: ManifestSet?,
        namespace: String?
    ) throws(CommandFailure) -> Required {
        var required = Required()
        // A trace that merely lies here is for when nothing else was asked.
        let isAsked = !options.profiles.isEmpty || !options.needs.isEmpty
        let defaults = isAsked ? [] : DefaultPaths.trace.map { [$0] } ?? []
        for path in options.traces.isEmpty ? defaults : options.traces {
            required.requirements.merge(try trace(path).requirements)
            required.hasTrace = true
        }
        let scope = Profile.Scope(
            watchNamespaces: options.watchNamespaces,
            operatorNamespace: namespace ?? manifests?.operatorNamespace
        )
        for argument in options.profiles {
            for requirement in try requirements(ofProfile: argument, scope) {
                required.requirements.insert(requirement)
            }
        }
        for need in options.needs {
            let parsed = try CommandFailure.during(.arguments) { () throws(InputError) in
                try NeedExpression.parse(need, defaultNamespace: namespace ?? "")
            }
            for requirement in parsed { required.requirements.insert(requirement) }
        }
        return required
    }

    /// One trace; what was left out of it goes to standard error.
    static func trace(_ path: String) throws(CommandFailure) -> Trace {
        let trace = try CommandFailure.during(.trace) { () throws(InputError) in try TraceReader.read(path) }
        for warning in trace.warnings { Console.writeError("warning: \(warning)") }
        return trace
    }

    // MARK: - Profiles

    /// The requirements of `NAME`, `NAME=RESOURCE[.GROUP]` or a file.
    static func requirements(
        ofProfile argument: String,
        _ scope: Profile.Scope
    ) throws(CommandFailure) -> [Requirement] {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let profile = try profile(named: parts[0])
        return try CommandFailure.during(.profile) { () throws(InputError) in
            try profile.requirements(for: parts.count > 1 ? parts[1] : nil, as: argument, in: scope)
        }
    }

    /// A built-in profile, or one in a file: what has a slash or ends in `.yaml` is a path.
    static func profile(named name: String) throws(CommandFailure) -> Profile {
        try CommandFailure.during(.profile) { () throws(InputError) in
            if let builtin = BuiltinProfiles.all.first(where: { $0.name == name }) {
                return try Profile(yaml: builtin.yaml, file: "profile \(name)")
            }
            guard name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml") else {
                let names = BuiltinProfiles.all.map(\.name)
                let hint =
                    nearMisses(of: name, among: names).first.map { "did you mean `\($0)`?" }
                    ?? "the built-in ones are \(names.joined(separator: ", ")); a file has a slash or ends in .yaml"
                throw InputError(file: "--profile", message: "no profile is called `\(name)`", hint: hint)
            }
            return try Profile(yaml: FileAccess.read(name), file: name)
        }
    }
}

extension ManifestSet {
    /// Where the operator runs, as far as the manifests say.
    var operatorNamespace: String? {
        let candidates =
            workloads.map(\.identity.namespace) + [kustomizeNamespace ?? ""]
            + bindings.flatMap { $0.subjects.filter { $0.kind == "ServiceAccount" }.map(\.namespace) }
        return candidates.first { !$0.isEmpty }
    }
}
