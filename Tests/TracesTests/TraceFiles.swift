import Foundation
import RBAC
import Syntax
import Traces

/// A file for one test, removed afterwards.
func withFile<Result>(_ bytes: some Sequence<UInt8>, _ body: (String) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "trace-\(UUID().uuidString)")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
}

func readTrace(_ text: String, filter: TraceFilter = TraceFilter()) throws -> Trace {
    try readTrace(Array(text.utf8), filter: filter)
}

func readTrace(_ bytes: [UInt8], filter: TraceFilter = TraceFilter()) throws -> Trace {
    try withFile(bytes) { path in
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        return try TraceReader.read(descriptor: descriptor, name: "trace", filter: filter)
    }
}

/// The error that a trace gives.
func traceError(_ text: String) throws -> InputError? {
    do {
        _ = try readTrace(text)
        return nil
    } catch let error as InputError {
        return error
    }
}

/// `user: list pods/log.apps -n demo NAME ×3 [200: 2] (informer)`
func summary(_ requirement: Requirement) -> String {
    let attributes = requirement.attributes
    var text = requirement.key.user.map { "\($0): " } ?? ""
    text += "\(attributes.verb) \(attributes.nonResourceURL ?? attributes.qualifiedResource)"
    if !attributes.group.isEmpty { text += ".\(attributes.group)" }
    if !attributes.namespace.isEmpty { text += " -n \(attributes.namespace)" }
    if requirement.key.hasManyNamespaces { text += " -n many" }
    if !attributes.name.isEmpty { text += " \(attributes.name)" }
    if requirement.key.hasManyNames { text += " many" }
    text += " ×\(requirement.count)"
    let statuses = requirement.statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    if !statuses.isEmpty { text += " [\(statuses.joined(separator: ", "))]" }
    if let implied = requirement.implied { text += " (\(implied))" }
    return text
}

extension Trace {
    var summaries: [String] { requirements.requirements.map(summary) }
}
