import Diagnosis
package import Manifests
import RBAC
import Syntax
package import Traces

/// What somebody says that the operator needs: traces, profiles, single requirements.
package struct RequirementInput: Sendable {
    /// Traces, in any form that can be read, or `-`.
    package var traces: [String]
    /// `NAME`, `NAME=RESOURCE[.GROUP]`, or a file.
    package var profiles: [String]
    /// Namespaces that the profiles' informers watch, instead of all.
    package var watchNamespaces: [String]
    /// `VERB[,VERB] RESOURCE[.GROUP][/SUB] [-n NS] [NAME]`.
    package var needs: [String]
    /// Of what names none, and of the operator where the manifests do not say it.
    package var namespace: String?

    package init(
        traces: [String] = [],
        profiles: [String] = [],
        watchNamespaces: [String] = [],
        needs: [String] = [],
        namespace: String? = nil
    ) {
        self.traces = traces
        self.profiles = profiles
        self.watchNamespaces = watchNamespaces
        self.needs = needs
        self.namespace = namespace
    }

    /// All of it, merged.
    package struct Required: Sendable {
        package var requirements = RequirementSet()
        package var hasTrace = false
    }

    /// The traces that are read: those that were named, else the default one if it is there.
    package var tracePaths: [String] {
        // `--need` asks without a trace, also where one lies here.
        guard traces.isEmpty else { return traces }
        return needs.isEmpty ? DefaultPaths.trace.map { [$0] } ?? [] : []
    }

    /// Reads what is named, and the default trace where no trace and no single requirement is.
    ///
    /// - Throws: `InputFailure` for what is missing, unreadable or not understood.
    package func read(manifests: ManifestSet?, warn: InputWarning) throws(InputFailure) -> Required {
        guard (manifests?.paths ?? []).count(where: { $0 == "-" }) + traces.count(where: { $0 == "-" }) < 2 else {
            throw InputFailure(.trace, "-: error: standard input is named twice\n  hint: name a file for one of them")
        }
        var required = Required()
        let lookup = ResourceLookup(KnownResources.of(manifests))
        for path in tracePaths {
            required.requirements.merge(try Self.trace(path, lookup: lookup, warn: warn).requirements)
            required.hasTrace = true
        }
        let scope = Profile.Scope(
            watchNamespaces: watchNamespaces,
            operatorNamespace: namespace ?? manifests?.operatorNamespace,
            lookup: lookup
        )
        for argument in profiles {
            for requirement in try ProfileInput.requirements(of: argument, scope) {
                required.requirements.insert(requirement)
            }
        }
        for need in needs {
            let parsed = try InputFailure.during(.arguments) { () throws(InputError) in
                try NeedExpression.parse(need, defaultNamespace: namespace ?? "", lookup: lookup)
            }
            for requirement in parsed {
                required.requirements.insert(requirement)
                let (verb, isPath) = (requirement.attributes.verb, !requirement.attributes.isResourceRequest)
                guard let meant = verbsMeant(by: verb, isPath: isPath)?.first else { continue }
                warn("warning: --need: `\(verb)` is no verb that the API server asks for; did you mean `\(meant)`?")
            }
        }
        return required
    }

    /// One trace; what was left out of it is told.
    ///
    /// - Parameter lookup: which resources there are, for refusals in texts that do not say all.
    package static func trace(
        _ path: String,
        filter: TraceFilter = TraceFilter(),
        lookup: ResourceLookup = ResourceLookup(.builtin),
        warn: InputWarning
    ) throws(InputFailure) -> Trace {
        let trace = try InputFailure.during(.trace) { () throws(InputError) in
            try TraceReader.read(path, filter: filter, lookup: lookup)
        }
        for warning in trace.warnings { warn("warning: \(warning)") }
        return trace
    }
}
