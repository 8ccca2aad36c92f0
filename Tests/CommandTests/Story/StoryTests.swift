import Foundation
import TestSupport
import Testing

/// An operator whose permissions are wrong in one way after the other, against a real API server. One test at a time: all
/// deploy the same objects.
@Suite(.serialized, .enabled(if: EnvTest.isPresent, "\(EnvTest.absence)"))
enum StoryTests {
    /// What no path shows: the owner reference that MyApp sets takes this.
    static let owner = ["-t", "rbac-trace.jsonl", "--need", "update myapps.example.com/finalizers"]
}

extension StoryTests {
    /// The trace is what MyApp really calls; what the commands print here is what the README shows.
    struct CheckTests {
        @Test(.timeLimit(.minutes(5))) func theStory() throws {
            let project = try StoryProject(try EnvTest.shared())
            defer { try? project.undeploy() }
            let story = Transcript(project)

            try project.install()
            try story.step("only-installed", ["check", "-q"] + StoryTests.owner, status: 1)

            try project.deploy { !$0.contains("kind: RoleBinding") && !$0.contains("kind: ClusterRoleBinding") }
            try story.step("not-bound", ["check", "-q"] + StoryTests.owner, status: 1)

            try project.removeRule(for: "secrets")
            try project.deploy()
            try story.step("no-secrets", ["check"] + StoryTests.owner, status: 1)
            try project.restore()

            try project.removeRule(for: "myapps/status")
            try project.deploy()
            try story.step("no-status-in-role", ["check", "-q"] + StoryTests.owner, status: 1)
            try project.restore()

            try project.removeStatus()
            try project.deploy()
            try waitForStatus(project, isServed: false)
            try story.step("no-status-in-crd", ["check"] + StoryTests.owner, status: 1)
            try project.restore()

            try project.removeRule(for: "myapps/finalizers")
            try project.deploy()
            try waitForStatus(project, isServed: true)
            try story.step("no-finalizers", ["check", "-q"] + StoryTests.owner, status: 1)

            // The role is the same to the API server as the one that was written with care.
            for resource in ["secrets", "myapps/status"] { try project.removeRule(for: resource) }
            try story.step("fixed", ["check", "-q", "--fix"] + StoryTests.owner, status: 1)
            try project.deploy()
            try story.step("mended", ["check"] + StoryTests.owner, status: 0)
            let difference = try project.run(["diff", "config/default", StoryProject.example.path + "/config/default"])
            #expect(difference.status == 0, "\(difference.output)")
        }

        /// Discovery follows a CRD after a moment.
        private func waitForStatus(_ project: StoryProject, isServed: Bool) throws {
            while try project.server.kubectl(["get", "--raw", "/apis/example.com/v1"]).contains("myapps/status")
                != isServed
            {
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
    }
}

/// Runs commands and holds what they print against files.
private struct Transcript {
    let project: StoryProject

    init(_ project: StoryProject) { self.project = project }

    func step(
        _ name: String,
        _ arguments: [String],
        status: Int32,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try project.run(arguments)
        #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: sourceLocation)
        let text = (outcome.errors + outcome.output)
            .replacing(project.server.address, with: "https://127.0.0.1:6443")
            .replacing(/\(v1\.[^,]*,/, with: "(v1.36.2,")
        expectGolden(text, Repository.fixtures.appending(path: "story/\(name).text"), sourceLocation: sourceLocation)
    }
}
