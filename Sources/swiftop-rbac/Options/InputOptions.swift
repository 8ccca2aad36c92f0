import ArgumentParser
import Inputs

/// `-r`: the manifests.
struct ManifestOptions: ParsableArguments {
    @Option(
        name: [.short, .customLong("role")],
        help: ArgumentHelp(
            "Manifest file, folder, kustomization folder, or - for standard input. Repeatable.",
            discussion:
                "Default: the first that exists of config/default (where it is a kustomization), config/rbac, deploy, role.yaml.",
            valueName: "path"
        ),
        completion: .file()
    )
    var roles: [String] = []
}

/// `-t`, `-p`, `--need`: what is required.
struct RequirementOptions: ParsableArguments {
    @Option(
        name: [.short, .customLong("trace")],
        help: ArgumentHelp(
            "Trace of the calls, in any form that can be read (told by its content), or -. Repeatable.",
            discussion: "Default: rbac-trace.jsonl, if it exists.",
            valueName: "path"
        ),
        completion: .file()
    )
    var traces: [String] = []

    @Option(
        name: [.short, .customLong("profile")],
        help: ArgumentHelp(
            "Adds the requirements of a profile: for=myapps.example.com, owns=deployments.apps, events, or a file. Repeatable.",
            discussion: "`swiftop-rbac profile list` names the built-in ones.",
            valueName: "name[=resource[.group]]|path"
        )
    )
    var profiles: [String] = []

    @Option(
        name: .customLong("watch-namespace"),
        help: ArgumentHelp(
            "Namespace that the profiles' informers watch, instead of all namespaces. Repeatable.",
            valueName: "namespace"
        )
    )
    var watchNamespaces: [String] = []

    @Option(
        name: .customLong("need"),
        help: ArgumentHelp(
            "A requirement without a trace: 'VERB[,VERB] RESOURCE[.GROUP][/SUB] [-n NS] [NAME]'. Repeatable.",
            valueName: "requirement"
        )
    )
    var needs: [String] = []

    func validate() throws {
        if !watchNamespaces.isEmpty, profiles.isEmpty {
            throw ValidationError(
                "`--watch-namespace` says where the informers of a profile watch, and no profile is named\n"
                    + "  hint: add -p kubebuilder, or another profile"
            )
        }
    }

    /// Whether a flag named anything, so that a trace that merely lies here is not meant.
    var isAsked: Bool { !traces.isEmpty || !profiles.isEmpty || !needs.isEmpty }

    func input(namespace: String?) -> RequirementInput {
        RequirementInput(
            traces: traces,
            profiles: profiles,
            watchNamespaces: watchNamespaces,
            needs: needs,
            namespace: namespace
        )
    }
}
