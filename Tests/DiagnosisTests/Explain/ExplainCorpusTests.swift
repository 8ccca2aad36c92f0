import Foundation
import RBAC
import Syntax
import TestSupport
import Testing
import Traces

@testable import Diagnosis

private struct ScratchFile {
    let url = FileManager.default.temporaryDirectory.appending(path: "explain-\(UUID().uuidString)")
    var path: String { url.path }

    init(_ text: String) { try? Data(text.utf8).write(to: url) }

    func remove() { try? FileManager.default.removeItem(at: url) }
}

/// What people really pasted, and what servers really answered.
@Suite(.enabled(if: SharedCorpus.isPresent, "the shared corpus is not here"))
struct ExplainCorpusTests {
    private func records<Record: Decodable>(_ path: String) throws -> [Record] {
        let text = try String(contentsOf: SharedCorpus.path(path), encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Record.self, from: Data($0.utf8)) }
    }

    private func explain(_ text: String) -> [ExplainReport.Refusal] {
        var scanner = LogScanner(lookup: ResourceLookup(.builtin))
        scanner.scan(text)
        return Explainer.report(scanner.found()).refusals
    }

    // MARK: - Incidents

    private struct Incident: Decodable {
        struct Rule: Decodable {
            var apiGroups: [String]?
            var resources: [String]?
            var nonResourceURLs: [String]?
            var verbs: [String]

            var tuples: Set<[String]> {
                let resources = (apiGroups ?? []).flatMap { group in (self.resources ?? []).map { [group, $0] } }
                return Set(
                    (resources + (nonResourceURLs ?? []).map { [$0] }).flatMap { base in verbs.map { base + [$0] } }
                )
            }
        }

        var id: String
        var text: String
        var requires: [Rule]
        var code: String
        var user: String
        var scope: String
    }

    @Test func incidents() throws {
        let incidents: [Incident] = try records("corpus/logs/incidents.jsonl")
        #expect(incidents.count == 67)
        for incident in incidents {
            let found = explain(incident.text)
            let codes = Set(found.map(\.code.rawValue))
            #expect(codes == (incident.code == "none" ? [] : [incident.code]), "\(incident.id)")
            let tuples = Set(found.flatMap(\.requires).flatMap(tuples))
            #expect(tuples == incident.requires.reduce(into: []) { $0.formUnion($1.tuples) }, "\(incident.id)")
            #expect(incident.user.isEmpty || found.contains { $0.user == incident.user }, "\(incident.id)")
            if incident.scope.hasPrefix("namespace:"), !incident.requires.isEmpty {
                let namespace = String(incident.scope.dropFirst("namespace:".count))
                #expect(found.contains { $0.request?.namespace == namespace }, "\(incident.id)")
            }
        }
    }

    private func tuples(_ rule: PolicyRule) -> [[String]] {
        let resources = rule.apiGroups.flatMap { group in rule.resources.map { [group, $0] } }
        return (resources + rule.nonResourceURLs.map { [$0] }).flatMap { base in rule.verbs.map { base + [$0] } }
    }

    /// `trace import` requires what `explain` says is missing, but for refusals that do not say in which namespace.
    @Test func importsWhatIsExplained() throws {
        let incidents: [Incident] = try records("corpus/logs/incidents.jsonl")
        let lines: [Line] = try records("corpus/logs/forbidden-lines.jsonl")
        let texts = incidents.map { ($0.id, $0.text) } + lines.map { ($0.id, $0.line) }
        var unscoped = 0
        for (id, text) in texts {
            let explained = Set(explain(text).flatMap(\.requires).flatMap(tuples))
            let file = ScratchFile(text)
            defer { file.remove() }
            var imported: Set<[String]> = []
            var skipped = ""
            do throws(InputError) {
                let trace = try TraceReader.read(file.path, lookup: ResourceLookup(.builtin))
                skipped = trace.warnings.joined()
                // Whoever sent no credentials lacks no permission.
                let needed = trace.requirements.requirements.filter { $0.key.user != "system:anonymous" }
                imported = Set(needed.map { tuple($0.attributes) })
            } catch { skipped = error.message }
            #expect(imported.subtracting(explained).isEmpty, "\(id)")
            if imported != explained {
                unscoped += 1
                #expect(skipped.contains("in which namespace"), "\(id): \(skipped)")
            }
        }
        // Most of them say it.
        #expect(unscoped < texts.count / 6, "\(unscoped) of \(texts.count)")
    }

    private func tuple(_ request: RequestAttributes) -> [String] {
        if let path = request.nonResourceURL { return [path, request.verb] }
        return [request.group, request.qualifiedResource, request.verb]
    }

    // MARK: - Lines

    private struct Line: Decodable {
        var id: String
        var line: String
    }

    /// Where a line holds an authorizer's whole sentence, a plain expression finds the same in it.
    @Test func lines() throws {
        let lines: [Line] = try records("corpus/logs/forbidden-lines.jsonl")
        #expect(lines.count == 118)
        let sentence =
            #/User "(?<user>[^"]+)" cannot (?<verb>\S+) resource "(?<resource>[^"]+)" in API group "(?<group>[^"]*)" (?:in the namespace "(?<namespace>[^"]+)"|at the cluster scope)/#
        for line in lines {
            let found = explain(line.line)
            guard let match = line.line.replacing("\\", with: "").firstMatch(of: sentence) else { continue }
            #expect(found.count == 1, "\(line.id)")
            let request = try #require(found.first?.request, "\(line.id)")
            #expect(request.verb == String(match.verb), "\(line.id)")
            #expect(request.qualifiedResource == String(match.resource), "\(line.id)")
            #expect(request.group == String(match.group), "\(line.id)")
            #expect(request.namespace == String(match.namespace ?? ""), "\(line.id)")
            #expect(found.first?.user == String(match.user), "\(line.id)")
        }
    }

    /// Nothing is found in what only looks alike.
    @Test func linesWithoutARefusal() throws {
        let lines: [Line] = try records("corpus/logs/forbidden-lines.jsonl")
        let conditions = lines.filter { $0.line.contains("condition \\\"") || $0.line.contains("condition \"") }
        #expect(!conditions.isEmpty)
        for line in conditions { #expect(explain(line.line).isEmpty, "\(line.id)") }
    }

    @Test func linesOfAdmission() throws {
        let lines: [Line] = try records("corpus/logs/forbidden-lines.jsonl")
        let marks = [
            "admission webhook ", "exceeded quota", "violates PodSecurity", "failed quota", "is being terminated",
        ]
        for line in lines where marks.contains(where: { line.line.contains($0) }) {
            #expect(explain(line.line).map(\.code) == [.admissionRefused], "\(line.id)")
            #expect(explain(line.line).allSatisfy { $0.requires.isEmpty && $0.request == nil }, "\(line.id)")
        }
    }

    // MARK: - Status bodies

    private struct Exchange: Decodable {
        struct Body: Decodable {
            var message: String?
            var code: Int?
        }

        var user: String
        var method: String
        var path: String
        var headers: [String]
        var body: Body?
        var text: String

        enum CodingKeys: CodingKey { case user, method, path, headers, body }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            user = try container.decode(String.self, forKey: .user)
            method = try container.decode(String.self, forKey: .method)
            path = try container.decode(String.self, forKey: .path)
            headers = try container.decode([String].self, forKey: .headers)
            body = try? container.decode(Body.self, forKey: .body)
            text = body?.message ?? ""
        }
    }

    /// The request of the exchange, resolved as the server resolves it, is the one that is found.
    @Test func statusBodies() throws {
        let file = try String(contentsOf: SharedCorpus.path("corpus/logs/status-bodies.jsonl"), encoding: .utf8)
        var count = 0
        for line in file.split(separator: "\n") {
            let exchange = try JSONDecoder().decode(Exchange.self, from: Data(line.utf8))
            let found = explain(String(line))
            guard let code = exchange.body?.code, code == 403 || code == 401 else {
                let others: Set<FindingCode> = [.admissionRefused, .impersonationRefused]
                #expect(found.allSatisfy { others.contains($0.code) }, "\(line.prefix(200))")
                continue
            }
            #expect(found.count == 1, "\(line.prefix(400))")
            guard let refusal = found.first, let request = refusal.request, exchange.headers.isEmpty,
                exchange.text.contains("User \""), refusal.user == exchange.user
            else { continue }
            var asked = try RequestInfo.resolve(method: exchange.method, url: exchange.path).attributes
            asked.version = ""
            // An apply that creates is refused as the create.
            if request.verb == "create" { asked.verb = "create" }
            #expect(request == asked, "\(exchange.text)")
            count += 1
        }
        #expect(count >= 15)
    }

    // MARK: - Whole logs

    @Test func aControllerManagerWithoutPermissions() throws {
        let text = try String(
            contentsOf: SharedCorpus.path("recorded/controller-manager-informers.log"),
            encoding: .utf8
        )
        let found = explain(text)
        let sentence = #/cannot (\S+) resource \\?"([^"\\]+)\\?" in API group \\?"([^"\\]*)\\?"/#
        let said = Set(text.matches(of: sentence).map { "\($0.output.1) \($0.output.2).\($0.output.3)" })
        let read = found.compactMap(\.request).map { "\($0.verb) \($0.qualifiedResource).\($0.group)" }
        #expect(Set(read) == said)
        #expect(read.count == said.count)
        #expect(found.allSatisfy { $0.user == "alice" && $0.code == .accessDenied })
        let lines = text.split(separator: "\n").filter { $0.contains("is forbidden") }
        #expect(found.reduce(0) { $0 + $1.count } == lines.count)
    }

    @Test func aControllerManagerThatCannotLead() throws {
        let text = try String(
            contentsOf: SharedCorpus.path("recorded/controller-manager-leader-election.log"),
            encoding: .utf8
        )
        let found = explain(text)
        #expect(found.map(\.count) == [6])
        #expect(found.map(\.firstLine) == [5])
        #expect(
            found.map(\.request) == [
                RequestAttributes(
                    verb: "get",
                    group: "coordination.k8s.io",
                    resource: "leases",
                    namespace: "kube-system",
                    name: "kube-controller-manager"
                )
            ]
        )
    }

    /// Every call of kubectl's log is one refusal, although the log tells it as a URL, a body and an error.
    @Test func kubectlWithItsLog() throws {
        let text = try String(contentsOf: SharedCorpus.path("recorded/kubectl-verbose.log"), encoding: .utf8)
        let found = explain(text)
        #expect(found.allSatisfy { $0.user == "alice" && $0.code == .accessDenied }, "\(found.map(\.title))")
        #expect(found.allSatisfy { $0.request != nil })
    }
}
