import Foundation
import Profiles
import RBAC
import Syntax
import Testing
import Traces

@Suite struct ProfileTests {
    private static func builtin(_ name: String) throws -> Profile {
        let builtin = try #require(BuiltinProfiles.all.first { $0.name == name })
        return try Profile(yaml: builtin.yaml, file: "profile \(name)")
    }

    private static func requirements(
        _ name: String,
        _ reference: String? = nil,
        _ scope: Profile.Scope = .init(operatorNamespace: "op")
    ) throws -> [Requirement] {
        let argument = reference.map { "\(name)=\($0)" } ?? name
        return try builtin(name).requirements(for: reference, as: argument, in: scope)
    }

    @Test func everyBuiltinProfileIsWhole() throws {
        let names = [
            "events", "for", "kubebuilder", "leader-election", "metrics-auth", "owns", "watches", "webhook-certs",
        ]
        #expect(BuiltinProfiles.all.map(\.name) == names)
        for name in names {
            let profile = try Self.builtin(name)
            #expect(profile.name == name)
            #expect(!profile.summary.isEmpty)
            let requirements = try Self.requirements(name, profile.parameter == nil ? nil : "myapps.example.com")
            #expect(!requirements.isEmpty)
            #expect(
                requirements.allSatisfy { $0.origins.count == 1 && $0.origins[0].contains("(") },
                "\(name) says why"
            )
            #expect(requirements.allSatisfy { !"\($0.attributes)".contains("$") }, "\(name)")
        }
    }

    @Test func forAsksForWhatTheContractSays() throws {
        let requirements = try Self.requirements("for", "myapps.example.com")
        func listed(_ level: Requirement.Level) -> [String] {
            requirements.filter { $0.level == level }.map { "\($0.attributes.verb) \($0.attributes.qualifiedResource)" }
        }
        #expect(listed(.required) == ["list myapps", "watch myapps"])
        #expect(
            listed(.usual) == ["get myapps", "update myapps/status", "patch myapps/status", "update myapps/finalizers"]
        )
        #expect(requirements.allSatisfy { $0.attributes.group == "example.com" && $0.attributes.namespace.isEmpty })
        #expect(requirements[0].origins == ["profile for=myapps.example.com (the informer of builder.For)"])
        #expect(requirements.allSatisfy { $0.count == 0 })
    }

    @Test func appliesWhereTheOperatorWatches() throws {
        let scope = Profile.Scope(
            watchNamespaces: ["a", "b"],
            operatorNamespace: "op",
            lookup: ResourceLookup(isNamespaced: { resource, _ in resource == "nodes" ? false : nil })
        )
        #expect(try Set(Self.requirements("watches", "secrets", scope).map(\.attributes.namespace)) == ["a", "b"])
        #expect(try Set(Self.requirements("watches", "nodes", scope).map(\.attributes.namespace)) == [""])
        #expect(try Set(Self.requirements("leader-election", nil, scope).map(\.attributes.namespace)) == ["op"])
        #expect(try Set(Self.requirements("metrics-auth", nil, scope).map(\.attributes.namespace)) == [""])
        #expect(try Set(Self.requirements("events", nil, scope).map(\.attributes.namespace)) == ["a", "b"])
    }

    /// One API group is enough, but for both verbs, and in each namespace.
    @Test func eventsAreAlternativesVerbByVerb() throws {
        let requirements = try Self.requirements("events", nil, .init(watchNamespaces: ["a", "b"]))
        let groups = Dictionary(grouping: requirements) { $0.alternative ?? "" }
        #expect(groups.count == 4)
        for members in groups.values {
            #expect(members.map(\.attributes.group).sorted() == ["", "events.k8s.io"])
            #expect(Set(members.map { "\($0.attributes.verb) \($0.attributes.namespace)" }).count == 1)
        }
    }

    @Test func findsTheGroupOfAResourceThatIsNamedWithoutOne() throws {
        let lookup = ResourceLookup(groups: { $0 == "deployments" ? ["apps"] : [] })
        let scope = Profile.Scope(lookup: lookup)
        #expect(try Set(Self.requirements("owns", "deployments", scope).map(\.attributes.group)) == ["apps"])
        #expect(try Set(Self.requirements("owns", "secrets", scope).map(\.attributes.group)) == [""])
        #expect(
            try Set(Self.requirements("owns", "deployments.extensions", scope).map(\.attributes.group)) == [
                "extensions"
            ]
        )
    }

    @Test func aResourceMustFitTheProfile() throws {
        #expect(throws: InputError.self) { try Self.requirements("for") }
        #expect(throws: InputError.self) { try Self.requirements("events", "pods") }
        for reference in ["", ".", "a.", ".b", "a/", "pods/status"] {
            #expect(throws: InputError.self, "\(reference)") { try Self.requirements("for", reference) }
        }
    }

    @Test func readsOnesOwn() throws {
        let profile = try Self.own(
            """
            metadata: {name: backups}
            summary: one line
            parameter: what is backed up
            requirements:
            - {groups: [$group], resources: [$resource, $resource/status], verbs: [get], namespaces: ["*"], cached: true}
            - {groups: [""], resources: [configmaps], verbs: [get], namespaces: [fixed], names: [c], level: usual}
            - {nonResourceURLs: [/metrics], verbs: [get], reason: why}
            """
        )
        #expect(profile.name == "backups" && profile.parameter == "what is backed up")
        let scope = Profile.Scope(watchNamespaces: ["watched"])
        let requirements = try profile.requirements(for: "a.b", as: "./p.yaml=a.b", in: scope)
        #expect(
            requirements.map(summary) == [
                "get a.b ×0", "get a/status.b ×0", "get configmaps -n fixed c ×0", "get /metrics ×0",
            ]
        )
        #expect(requirements.map(\.isCached) == [true, true, false, false])
        #expect(requirements.last?.origins == ["profile ./p.yaml=a.b (why)"])
    }

    @Test(arguments: [
        "requirements: [{resources: [$resource], verbs: [get]}]",
        "requirements: [{resources: [a], groups: [$group], verbs: [get]}]",
        "requirements: [{resources: [a], verbs: [get], namespaces: [$here]}]",
        "requirements: [{resources: [a], verbs: [get], names: [$name]}]",
        "requirements: [{resources: [a]}]",
        "requirements: x",
        "parameter: [a]",
        "metadata: x",
    ])
    func refusesWhatIsNoProfile(text: String) throws {
        let error = #expect(throws: InputError.self) {
            try Self.own(text).requirements(for: nil, as: "p.yaml", in: .init())
        }
        #expect(error?.location != nil)
    }

    @Test func refusesATraceAndAnEmptyFile() {
        for text in ["", "apiVersion: swiftop.dev/v1\nkind: PermissionTrace\n"] {
            #expect(throws: InputError.self) { try Profile(yaml: Array(text.utf8), file: "p.yaml") }
        }
    }

    private static func own(_ text: String) throws -> Profile {
        let head = "apiVersion: swiftop.dev/v1\nkind: PermissionProfile\n"
        return try Profile(yaml: Array((head + text).utf8), file: "p.yaml")
    }
}
