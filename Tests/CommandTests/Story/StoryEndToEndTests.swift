import Foundation
import TestSupport
import Testing

/// An operator whose permissions are wrong in one way after the other, against a real API server. One test at a time: all
/// deploy the same objects.
@Suite(.serialized, .enabled(if: EnvTest.isPresent, "\(EnvTest.absence)"))
enum StoryEndToEndTests {
    /// What no path shows: the owner reference that MyApp sets takes this.
    static let owner = ["-t", "rbac-trace.jsonl", "--need", "update myapps.example.com/finalizers"]
}

extension StoryEndToEndTests {
    /// The trace is what MyApp really called; what the commands print here is what the README shows.
    struct CheckTests {
        @Test(.timeLimit(.minutes(5))) func theStory() throws {
            let project = try StoryProject(try EnvTest.shared(for: "the story"))
            defer { try? project.undeploy() }
            let story = try Transcript(project)

            try project.install()
            try story.step(
                ["check", "-q"] + StoryEndToEndTests.owner,
                status: 1,
                prints: [
                    "config/rbac/leader_election_role.yaml:4:9: error[not-applied]: Role `myapp-leader-election-role` is not in the cluster",
                    "config/rbac/role.yaml:4:9: error[not-applied]: ClusterRole `myapp-manager-role` is not in the cluster",
                ]
            )

            try project.deploy { !$0.contains("kind: RoleBinding") && !$0.contains("kind: ClusterRoleBinding") }
            try story.step(
                ["check", "-q"] + StoryEndToEndTests.owner,
                status: 1,
                prints: [
                    "config/rbac/role.yaml:4:9: error[not-bound]: in the cluster, nothing binds ClusterRole `myapp-manager-role` to the operator"
                ]
            )

            try project.removeRule(for: "secrets")
            try project.deploy()
            try story.step(
                ["check"] + StoryEndToEndTests.owner,
                status: 1,
                prints: [
                    "error[rule-missing]: no rule mentions `secrets`",
                    "--> config/rbac/role.yaml:4:9",
                    "  + - apiGroups: [\"\"]",
                    "  +   resources: [secrets]",
                    "  +   verbs: [list, watch]",
                    "error[masked-by-broader-identity]: what you may do with `secrets` is refused to the operator",
                    "= seen: you are in `system:masters`, which is allowed everything before RBAC is asked",
                ]
            )
            try project.restore()

            try project.removeRule(for: "myapps/status")
            try project.deploy()
            try story.step(
                ["check", "-q"] + StoryEndToEndTests.owner,
                status: 1,
                prints: [
                    "config/rbac/role.yaml:7:3: error[subresource-missing]: the rule for `myapps` does not cover `myapps/status`"
                ]
            )
            try project.restore()

            try project.removeStatus()
            try project.deploy()
            try project.waitForStatus(isServed: false)
            try story.step(
                ["check"] + StoryEndToEndTests.owner,
                status: 1,
                prints: [
                    "error[subresource-not-served]: the API server does not serve `myapps.example.com/status`",
                    "= help: enable `status` in the CRD's version, and install it again",
                ]
            )
            try project.restore()

            try project.removeRule(for: "myapps/finalizers")
            try project.deploy()
            try project.waitForStatus(isServed: true)
            try story.step(
                ["check", "-q"] + StoryEndToEndTests.owner,
                status: 1,
                prints: [
                    "config/rbac/role.yaml:7:3: error[subresource-missing]: the rule for `myapps` does not cover `myapps/finalizers`"
                ]
            )

            // The role is the same to the API server as the one that was written with care.
            for resource in ["secrets", "myapps/status"] { try project.removeRule(for: resource) }
            try story.step(
                ["check", "-q", "--fix"] + StoryEndToEndTests.owner,
                status: 1,
                prints: [
                    "fixed: config/rbac/role.yaml:25: rule-missing: no rule mentions `secrets`"
                ]
            )
            try project.deploy()
            try story.step(
                ["check"] + StoryEndToEndTests.owner,
                status: 0,
                prints: [
                    "16 of 16 calls are allowed"
                ]
            )
            let difference = try project.run(["diff", "config/default", StoryProject.example.path + "/config/default"])
            #expect(difference.status == 0, "\(difference.output)")
        }
    }
}

/// Runs commands and looks for what the README quotes.
private struct Transcript {
    let project: StoryProject
    let readme: String

    init(_ project: StoryProject) throws {
        self.project = project
        readme = try String(contentsOf: Repository.root.appending(path: "README.md"), encoding: .utf8)
    }

    func step(
        _ arguments: [String],
        status: Int32,
        prints lines: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try project.run(arguments)
        let text = outcome.errors + outcome.output
        #expect(outcome.status == status, "\(text)", sourceLocation: sourceLocation)
        for line in lines {
            #expect(text.contains(line), "\(text)", sourceLocation: sourceLocation)
            #expect(readme.contains(line), sourceLocation: sourceLocation)
        }
    }
}
