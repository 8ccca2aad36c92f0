import ArgumentParser
import Diagnosis
import Inputs
import Profiles
import Reports
import Syntax
import Traces

/// `profile list` and `profile show`.
struct ProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Lists and shows the built-in requirement profiles.",
        subcommands: [List.self, Show.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the built-in profiles.")

        @OptionGroup var output: ColorOptions

        func run() async throws {
            var summaries: [ProfileSummary] = []
            for builtin in BuiltinProfiles.all { summaries.append(try summary(of: builtin.name)) }
            Console.writeOutput(output.renderer.profiles(summaries))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows what a profile requires.")

        @Argument(
            help: ArgumentHelp(
                "A profile as -p takes it: events, for=myapps.example.com, or a file.",
                valueName: "profile"
            )
        )
        var profile: String

        @OptionGroup var output: ColorOptions

        /// No manifests are read here, so that the operator's namespace has no name.
        private static let scope = Profile.Scope(
            operatorNamespace: "(the operator's)",
            lookup: ResourceLookup(.builtin)
        )

        func run() async throws {
            let name = profile.split(separator: "=", maxSplits: 1).first.map(String.init) ?? profile
            let needsParameter = try InputLoader.profile(named: name).parameter != nil && !profile.contains("=")
            let argument = needsParameter ? "\(profile)=RESOURCE.GROUP" : profile
            let requirements = RequirementSet(try InputLoader.requirements(ofProfile: argument, Self.scope))
            Console.writeOutput(output.renderer.profile(try summary(of: name), requirements.requirements))
        }
    }

    private static func summary(of name: String) throws(CommandFailure) -> ProfileSummary {
        let profile = try InputLoader.profile(named: name)
        return ProfileSummary(
            name: name,
            usage: profile.parameter == nil ? "-p \(name)" : "-p \(name)=RESOURCE.GROUP",
            summary: profile.summary
        )
    }
}

/// Colour, for commands that print text only.
struct ColorOptions: ParsableArguments {
    @Option(help: "Colour: auto, always or never. NO_COLOR is honoured.")
    var color: ColorChoice = .auto

    var renderer: Renderer {
        Renderer(
            tool: Tool(version: ToolVersion.current),
            options: RenderOptions(
                color: Console.usesColor(color),
                width: Console.terminalWidth ?? RenderOptions.defaultWidth
            )
        )
    }
}
