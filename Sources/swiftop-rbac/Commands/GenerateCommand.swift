import ArgumentParser
import Diagnosis
import Inputs
import Manifests
import RBAC
import Reports
import Syntax
import Traces

/// `generate`: the smallest roles that a trace needs.
struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Writes the smallest roles that a trace needs, with the reason for each rule.",
        discussion: """
            Without flags it reads rbac-trace.jsonl. The manifests go to standard output, to be reviewed, applied, or put \
            into config/rbac; what every cluster grants by default is left out. -q leaves out the comments, -v adds where \
            each call stands. With --kubeconfig, --context or --server the API server says what resources it serves, and \
            which of them live in namespaces; else no server is asked.

            With --diff, exit status 1 says that the manifests of -r grant something else.
            """
    )

    @OptionGroup(title: "Requirements") var requirements: RequirementOptions

    @Option(
        name: .customLong("from-forbidden"),
        help: ArgumentHelp(
            "Grant what was refused, by a log or an audit log in any form that can be read, or -. Repeatable.",
            valueName: "log"
        ),
        completion: .file()
    )
    var refusalLogs: [String] = []

    @OptionGroup(title: "Roles") var roles: RoleOptions
    @OptionGroup(title: "Identity") var identity: GenerateIdentityOptions
    @OptionGroup(title: "Comparison") var comparison: ComparisonOptions
    @OptionGroup(title: "Connection") var connection: ServerFlags
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if roles.asMarkers, roles.withBinding {
            throw ValidationError("`--markers` and `--with-binding` exclude each other\n  hint: markers bind nothing")
        }
        if comparison.diff, roles.asMarkers || roles.withBinding {
            throw ValidationError("`--diff` prints a comparison\n  hint: leave out --markers and --with-binding")
        }
    }

    func run() async throws {
        let manifests = comparison.isAsked ? try loadManifests() : nil
        let required = try loadRequired(manifests)
        let served = try await connection.servedResources()
        let input = GenerateInput(
            calls: CheckInput(
                manifests: manifests,
                requirements: required.requirements,
                hasTrace: true,
                identity: identity.identity ?? .automatic,
                namespace: identity.namespace,
                asUser: identity.asUser,
                includesBootstrapPolicy: !identity.noBootstrapPolicy
            ),
            scope: roles.scope,
            usesResourceNames: roles.resourceNames,
            served: served
        )
        let generated = try CommandFailure.during(.arguments) { () throws(InputError) in try generateRoles(input) }
        if comparison.diff, let manifests { throw ExitCode(try compare(generated, with: manifests).rawValue) }
        for note in generated.notes { Console.writeMessage("note: \(note)") }
        let options = GeneratedOptions(
            withBinding: roles.withBinding,
            asMarkers: roles.asMarkers,
            sources: sources
        )
        try ReportOutput(options: output).write { $0.generated(generated, options, as: $1) }
    }

    // MARK: - Input

    private func loadManifests() throws(CommandFailure) -> ManifestSet {
        guard let set = try InputLoader.manifests(comparison.manifests) else {
            throw CommandFailure(
                .manifests,
                "--diff: error: there are no manifests to compare with\n  hint: name them: --diff -r config/rbac"
            )
        }
        return set
    }

    private func loadRequired(_ manifests: ManifestSet?) throws(CommandFailure) -> RequirementSet {
        var set = RequirementSet()
        if readsRequirements {
            let required = try InputLoader.required(requirements, manifests: manifests, namespace: identity.namespace)
            guard required.hasTrace || requirements.isAsked else {
                throw CommandFailure(
                    .trace,
                    "\(DefaultPaths.traceName): error: no such file\n  hint: name the trace with -t, or record one"
                )
            }
            set = required.requirements
        }
        for path in refusalLogs { set.merge(RequirementSet(try InputLoader.refusals(path))) }
        return set
    }

    /// A log of refusals alone is enough: a trace that merely lies here is not meant then.
    private var readsRequirements: Bool { refusalLogs.isEmpty || requirements.isAsked }

    /// What the objects were made of, for the comment at the top.
    private var sources: [String] {
        let traces = readsRequirements ? requirements.input(namespace: identity.namespace).tracePaths : []
        return traces + requirements.profiles.map { "profile \($0)" } + requirements.needs.map { "--need '\($0)'" }
            + refusalLogs.map { "what \($0) says was refused" }
    }

    // MARK: - Comparison

    private func compare(_ generated: GeneratedRoles, with manifests: ManifestSet) throws -> ExitStatus {
        let account = ServiceAccountName(userName: generated.user.name)
        let existing = DiffInput(
            side: .init(kind: .manifests, label: manifests.paths.joined(separator: ", ")),
            manifests: manifests,
            declared: manifests.declaredPolicy(defaultNamespace: identity.namespace ?? account?.namespace ?? ""),
            operator: generated.user
        )
        var report = diffGenerated(
            generated,
            from: existing,
            label: "generated from \(sources.joined(separator: ", "))"
        )
        report.notes += generated.notes
        try ReportOutput(options: output).write { renderer, format in renderer.diff([report], as: format) }
        return report.onlyInA.isEmpty && report.onlyInB.isEmpty ? .success : .findings
    }
}

/// What the roles look like.
struct RoleOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where calls in a namespace are granted: auto, namespace or cluster.",
            discussion: """
                auto: in a Role of the namespace, but in the ClusterRole what is also called in all namespaces, in more than \
                3, or in more than one by an operator that watches all. What no Role can grant is always in a ClusterRole.
                """,
            valueName: "scope"
        )
    )
    var scope: GenerateInput.Scope = .auto

    @Flag(
        name: .customLong("resource-names"),
        help: "Restrict rules to the object names that were called, where the verbs allow it and they are at most 5."
    )
    var resourceNames = false

    @Flag(name: .customLong("with-binding"), help: "Write the service account and the bindings, too.")
    var withBinding = false

    @Flag(name: .customLong("markers"), help: "Write +kubebuilder:rbac markers instead of manifests.")
    var asMarkers = false
}

extension GenerateInput.Scope: ExpressibleByArgument {}

/// Whose calls count.
struct GenerateIdentityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Whose calls count, where the trace holds several users': a service account as NAMESPACE/NAME.",
            valueName: "identity"
        )
    )
    var identity: IdentityChoice?

    @Option(name: .customLong("as"), help: ArgumentHelp("The same for any user, by name.", valueName: "user"))
    var asUser: String?

    @Option(name: [.short, .long], help: "Namespace of what names none.")
    var namespace: String?

    @Flag(
        name: .customLong("no-bootstrap-policy"),
        help: "Grant what every cluster grants by default, too."
    )
    var noBootstrapPolicy = false
}

/// `--diff -r`.
struct ComparisonOptions: ParsableArguments {
    @Flag(help: "Print how the manifests of -r differ from what would be generated, instead of that.")
    var diff = false

    @OptionGroup var manifests: ManifestOptions

    /// Without `--diff` manifests that are named say who the operator is.
    var isAsked: Bool { diff || !manifests.roles.isEmpty }
}
