import Foundation
import Manifests
import Syntax
import TestSupport
import Testing

@testable import Diagnosis

@Suite struct KnownResourcesTests {
    let known = KnownResources.builtin

    @Test func findsByEveryNameInAnyCase() throws {
        for (name, form) in [
            ("deployments", KnownResources.Match.Form.plural), ("Deployments", .plural), ("deployment", .singular),
            ("deploy", .shortName),
        ] {
            let match = try #require(known.named(name, group: "apps").first)
            #expect(match.resource.plural == "deployments")
            #expect(match.form == form)
        }
        // A singular and a kind that differ by letter case alone are one name.
        #expect(known.named("StorageClass").map(\.resource.plural) == ["storageclasses"])
        #expect(known.named("deployment", group: "batch").isEmpty)
        #expect(known.named("").isEmpty)
    }

    @Test func tellsGroupsApart() {
        #expect(known.groups(withResource: "events") == ["", "events.k8s.io"])
        #expect(known.named("ev").map(\.resource.group) == ["", "events.k8s.io"])
        #expect(known.resource("events", group: "")?.shortNames == ["ev"])
        #expect(known.resource("deployments", group: "") == nil)
        #expect(known.groups.contains(""))
        #expect(!known.groups.contains("-"))
        #expect(!known.groups.contains("?coordination.k8s.io"))
    }

    @Test func knowsSubresources() {
        #expect(known.isKnown(group: "", resource: "pods", subresource: "log"))
        #expect(known.isKnown(group: "apps", resource: "deployments", subresource: "finalizers"))
        #expect(known.isKnown(group: "", resource: "nodes", subresource: "metrics"))
        #expect(known.isKnown(group: "authentication.k8s.io", resource: "userextras", subresource: "scopes"))
        #expect(!known.isKnown(group: "", resource: "pods", subresource: "logs"))
        #expect(!known.isKnown(group: "", resource: "Pods"))
    }

    @Test func knowsWhatIsNeverServed() {
        #expect(known.isAuthorizationOnly(group: "", resource: "users", subresource: ""))
        #expect(known.isAuthorizationOnly(group: "certificates.k8s.io", resource: "signers", subresource: ""))
        #expect(known.isAuthorizationOnly(group: "", resource: "nodes", subresource: "stats"))
        #expect(known.isAuthorizationOnly(group: "x.example.com", resource: "apps", subresource: "finalizers"))
        #expect(!known.isAuthorizationOnly(group: "", resource: "nodes", subresource: "proxy"))
        #expect(!known.isAuthorizationOnly(group: "", resource: "nodes", subresource: "nonsense"))
        #expect(!known.isAuthorizationOnly(group: "", resource: "serviceaccounts", subresource: ""))
    }

    @Test func guessesMisspellingsWithinTheGroup() {
        #expect(known.misspelled("deploymnets", group: "apps").map(\.plural) == ["deployments"])
        #expect(known.misspelled("secrts", group: "").map(\.plural) == ["secrets"])
        #expect(known.misspelled("pods", group: "").isEmpty)
        #expect(known.misspelled("secrts", group: "apps").isEmpty)
        #expect(known.misspelled("anything", group: "x.example.com").isEmpty)
        // `jobs` and `pods` are two edits apart, and short.
        #expect(known.misspelled("bods", group: "").map(\.plural) == ["pods"])
        #expect(known.misspelled("bodz", group: "").isEmpty)
    }

    @Test func learnsFromCRDs() throws {
        let extended = known.adding(crds: [Self.crd(subresources: ["status"])])
        let resource = try #require(extended.resource("myapps", group: "example.com"))
        #expect(resource.versions == ["v1"])
        #expect(resource.kind == "MyApp")
        #expect(resource.origin == .crd)
        #expect(extended.isKnown(group: "example.com", resource: "myapps", subresource: "status"))
        #expect(!extended.isKnown(group: "example.com", resource: "myapps", subresource: "scale"))
        #expect(extended.named("ma", group: "example.com").map(\.form) == [.shortName])
        #expect(extended.misspelled("mapps", group: "example.com").map(\.plural) == ["myapps"])
        #expect(!known.groups.contains("example.com"))
    }

    @Test func mergesWhatIsLearntTwice() throws {
        let extended = known.adding(crds: [Self.crd(subresources: ["status"])])
            .adding([
                KnownResource(
                    group: "example.com",
                    versions: ["v2", "v1"],
                    plural: "myapps",
                    singular: "myapp",
                    kind: "MyApp",
                    shortNames: ["app"],
                    isNamespaced: true,
                    subresources: [.init(name: "scale", verbs: ["get"]), .init(name: "status", verbs: ["create"])],
                    origin: .served
                )
            ])
        let resource = try #require(extended.resource("myapps", group: "example.com"))
        #expect(resource.versions == ["v1", "v2"])
        #expect(resource.subresources.map(\.name) == ["status", "scale"])
        #expect(resource.subresources.first?.verbs == ["create", "get", "patch", "update"])
        #expect(extended.named("app").map(\.resource.plural) == ["myapps"])
        #expect(extended.all.count == known.all.count + 1)
    }

    static func crd(subresources: [String]) -> CRDManifest {
        let range = SourceRange(file: "crd.yaml", start: .start, end: .start)
        return CRDManifest(
            identity: ObjectIdentity(
                apiVersion: "apiextensions.k8s.io/v1",
                kind: "CustomResourceDefinition",
                name: "myapps.example.com",
                namespace: "",
                nameInFile: "myapps.example.com"
            ),
            group: "example.com",
            plural: "myapps",
            singular: "",
            kind: "MyApp",
            shortNames: ["ma"],
            isNamespaced: true,
            versions: [
                .init(name: "v1", isServed: true, hasSchema: true, subresources: subresources),
                .init(name: "v1alpha1", isServed: false, hasSchema: true, subresources: ["scale"]),
            ],
            range: range,
            apiVersionRange: range
        )
    }
}

/// The table against what a kube-apiserver v1.36.2 answered.
@Suite struct BuiltinTableTests {
    struct Document: Decodable {
        struct Body: Decodable { var items: [Group] }
        struct Group: Decodable {
            struct Metadata: Decodable { var name: String? }
            var metadata: Metadata
            var versions: [Version]
        }
        struct Version: Decodable {
            var version: String
            var resources: [Resource]
        }
        struct Resource: Decodable {
            struct Kind: Decodable { var kind: String }
            struct Subresource: Decodable {
                var subresource: String
                var verbs: [String]
            }
            var resource: String
            var singularResource: String
            var responseKind: Kind
            var scope: String
            var shortNames: [String]?
            var verbs: [String]
            var subresources: [Subresource]?
        }
        var body: Body
    }

    @Test func agreesWithTheServer() throws {
        var served: [KnownResource] = []
        for file in ["api-aggregated-v2.json", "apis-aggregated-v2.json"] {
            let data = try Data(contentsOf: Repository.fixtures.appending(path: "recorded/discovery/\(file)"))
            for group in try JSONDecoder().decode(Document.self, from: data).body.items {
                served += Self.resources(of: group)
            }
        }
        // The server that was asked had two custom resources installed.
        served.removeAll { ["example.com", "nodemaintenance.medik8s.io"].contains($0.group) }
        let ours = KnownResources.builtin.all.filter { $0.origin == .builtIn }.map { resource in
            var resource = resource
            resource.subresources.removeAll {
                KnownResources.builtin.isAuthorizationOnly(
                    group: resource.group,
                    resource: resource.plural,
                    subresource: $0.name
                )
            }
            return resource
        }
        #expect(served.count > 60)
        for resource in served {
            #expect(ours.first { $0.group == resource.group && $0.plural == resource.plural } == resource)
        }
        #expect(ours.count == served.count)
    }

    @Test func readsEveryLine() {
        let text = builtinTable.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("[") }
        #expect(KnownResources.builtin.all.count == lines.count)
        #expect(KnownResources.builtin.all.allSatisfy { $0.origin == .authorizationOnly || !$0.verbs.isEmpty })
    }

    static func resources(of group: Document.Group) -> [KnownResource] {
        KnownResources(
            group.versions.flatMap { version in
                version.resources.map { resource in
                    KnownResource(
                        group: group.metadata.name ?? "",
                        versions: [version.version],
                        plural: resource.resource,
                        singular: resource.singularResource,
                        kind: resource.responseKind.kind,
                        shortNames: resource.shortNames ?? [],
                        isNamespaced: resource.scope == "Namespaced",
                        verbs: resource.verbs,
                        subresources: (resource.subresources ?? []).map {
                            KnownResource.Subresource(name: $0.subresource, verbs: $0.verbs)
                        },
                        origin: .builtIn
                    )
                }
            }
        ).all
    }
}
