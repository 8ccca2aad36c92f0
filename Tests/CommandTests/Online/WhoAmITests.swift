import Foundation
import TestSupport
import Testing

/// `whoami -o json`: one document, whatever comes of it.
@Suite struct WhoAmITests {
    private struct Document: Decodable {
        struct Failure: Decodable { var stage, message: String }
        var kind, context, credential, toldBy: String
        var user, impersonates: String?
        var groups: [String]
        var errors: [Failure]
    }

    private struct List: Decodable {
        var kind: String
        var items: [Document]
    }

    private let project: OnlineProject

    init() throws { project = try OnlineProject() }

    private func document<Value: Decodable>(_ arguments: [String], status: Int32) throws -> Value {
        let outcome = try project.text(["whoami", "-o", "json"] + arguments)
        #expect(outcome.status == status)
        #expect(outcome.errors.isEmpty == (status == 0))
        return try JSONDecoder().decode(Value.self, from: Data(outcome.output.utf8))
    }

    @Test func whoAndThroughWhat() throws {
        let api = StandInAPI { _ in .init(true) }
        let server = try StandInServer { api.reply(to: $0) }
        try project.connect(to: server.address, cluster: "", user: "")
        let own: Document = try document([], status: 0)
        #expect(own.kind == "WhoAmI" && own.context == "x" && own.toldBy == "SelfSubjectReview")
        #expect(own.user == "me" && own.impersonates == nil && own.groups == ["system:authenticated"])
        let acting: Document = try document(["--as", "boss"], status: 0)
        #expect(acting.user == "boss" && acting.impersonates == "boss")
        // Whoever asks to be nobody is.
        #expect(try project.text(["whoami", "--as", "system:anonymous"]).status == 0)
    }

    @Test func severalClustersOfWhichOneIsAway() throws {
        let api = StandInAPI { _ in .init(true) }
        let server = try StandInServer { api.reply(to: $0) }
        try project.folder.write(
            "kubeconfig",
            """
            clusters:
            - {name: a, cluster: {server: '\(server.address)'}}
            - {name: b, cluster: {server: 'http://127.0.0.1:\(try StandInServer.freePort())'}}
            contexts:
            - {name: a, context: {cluster: a}}
            - {name: b, context: {cluster: b}}
            """
        )
        let list: List = try document(["--context", "b", "--context", "a"], status: 3)
        #expect(list.kind == "WhoAmIList")
        #expect(list.items.map(\.context) == ["b", "a"])
        #expect(list.items.map(\.user) == [nil, "me"])
        #expect(list.items.map(\.errors.count) == [1, 0])
    }

    @Test func aFile() throws {
        let api = StandInAPI { _ in .init(true) }
        let server = try StandInServer { api.reply(to: $0) }
        try project.connect(to: server.address, cluster: "")
        let outcome = try project.text(["whoami", "-o", "json=who.json"])
        #expect(outcome.status == 0 && outcome.output.isEmpty)
        #expect(try project.folder.read("who.json").contains(#""user": "me""#))
        #expect(try project.text(["whoami", "-o", "text=/dev/full"]).status == 2)
    }
}
