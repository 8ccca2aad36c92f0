import Diagnosis
import Traces

/// `trace show -o json`, and a profile's requirements: a document of requirement objects.
///
/// Beyond the contract's members it keeps what only a trace knows (whose call, how often, with which answer), each only
/// where there is something to say.
enum TraceDocument {
    static func value(_ requirements: [Requirement], kind: String, failures: [CheckReport.Failure]) -> JSONValue {
        var members = DocumentParts.head(kind: kind)
        members.append(Member("requirements", .array(requirements.map(requirement))))
        if !failures.isEmpty {
            members.append(Member("errors", DocumentParts.errors(failures)))
        }
        return .object(members)
    }

    private static func requirement(_ requirement: Requirement) -> JSONValue {
        var members = DocumentParts.attributes(of: requirement)
        func add(_ name: String, _ value: JSONValue?) {
            if let value { members.append(Member(name, value)) }
        }
        add("origins", .strings(requirement.origins))
        add("user", requirement.key.user.map(JSONValue.string))
        add("level", .string(requirement.level.rawValue))
        add("count", .integer(requirement.count))
        add("statuses", statuses(requirement.statuses))
        add("first", requirement.first.map(JSONValue.string))
        add("last", requirement.last.map(JSONValue.string))
        add("cached", requirement.isCached ? true : nil)
        add("dryRun", requirement.isDryRun ? true : nil)
        add("alternative", requirement.alternative.map(JSONValue.string))
        add("source", requirement.codeLocation.map(JSONValue.string))
        add("userAgents", requirement.userAgents.isEmpty ? nil : .strings(requirement.userAgents.sorted()))
        add("message", requirement.message.map(JSONValue.string))
        return .object(members)
    }

    /// `{"200": 3}`, by status.
    private static func statuses(_ statuses: [Int: Int]) -> JSONValue? {
        guard !statuses.isEmpty else { return nil }
        return .object(
            statuses.sorted { $0.key < $1.key }.map { Member(String($0.key), .integer($0.value)) }
        )
    }
}
