import Diagnosis
import NIOHTTP1
import RBAC
import Syntax
import Traces

/// What a client asks about itself; answered for the operator instead of for the user whose credentials go out.
enum SelfReview {
    case access, rules, user

    /// `nil` for every other request.
    init?(_ attributes: RequestAttributes) {
        guard attributes.verb == "create", attributes.subresource.isEmpty else { return nil }
        switch (attributes.group, attributes.resource) {
        case ("authorization.k8s.io", "selfsubjectaccessreviews"): self = .access
        case ("authorization.k8s.io", "selfsubjectrulesreviews"): self = .rules
        case ("authentication.k8s.io", "selfsubjectreviews"): self = .user
        default: return nil
        }
    }

    /// The answer; `nil` where the body cannot be read, which the server then says.
    func answer(_ bytes: [UInt8], _ grants: DeclaredGrants) -> LocalAnswer? {
        switch self {
        case .user:
            let groups = grants.user.groups.map { jsonQuoted($0) }.joined(separator: ",")
            return Self.created(
                "authentication.k8s.io/v1",
                "SelfSubjectReview",
                #""status":{"userInfo":{"username":"# + jsonQuoted(grants.user.name) + #","groups":["# + groups + "]}}"
            )
        case .rules:
            guard let question = ReviewQuestion(bytes), !question.rulesNamespace.isEmpty else { return nil }
            return Self.created(
                "authorization.k8s.io/v1",
                "SelfSubjectRulesReview",
                #""spec":{},"status":"# + Self.rules(grants.access.rules(inNamespace: question.rulesNamespace))
            )
        case .access:
            guard let question = ReviewQuestion(bytes), let attributes = question.attributes else { return nil }
            let decision = grants.access.decide(attributes)
            let reason = decision.reason.isEmpty ? "" : #","reason":"# + jsonQuoted(decision.reason)
            return Self.created(
                "authorization.k8s.io/v1",
                "SelfSubjectAccessReview",
                #""spec":"# + question.specText + #","status":{"allowed":"# + "\(decision.isAllowed)\(reason)}"
            )
        }
    }

    private static func created(_ version: String, _ kind: String, _ rest: String) -> LocalAnswer {
        LocalAnswer(
            .created,
            json: #"{"kind":"\#(kind)","apiVersion":"\#(version)","metadata":{},\#(rest)}"# + "\n"
        )
    }

    private static func rules(_ rules: [PolicyRule]) -> String {
        func list(_ texts: [String]) -> String { "[" + texts.map { jsonQuoted($0) }.joined(separator: ",") + "]" }
        let resources = rules.filter { !$0.resources.isEmpty }.map { rule in
            let names = rule.resourceNames.isEmpty ? "" : #","resourceNames":"# + list(rule.resourceNames)
            return #"{"verbs":"# + list(rule.verbs) + #","apiGroups":"# + list(rule.apiGroups) + #","resources":"#
                + list(rule.resources) + names + "}"
        }
        let paths = rules.filter { !$0.nonResourceURLs.isEmpty }.map { rule in
            #"{"verbs":"# + list(rule.verbs) + #","nonResourceURLs":"# + list(rule.nonResourceURLs) + "}"
        }
        return #"{"resourceRules":["# + resources.joined(separator: ",") + #"],"nonResourceRules":["#
            + paths.joined(separator: ",") + #"],"incomplete":false}"#
    }
}

/// The question of an access review or a rules review, in JSON or Kubernetes' protobuf.
struct ReviewQuestion {
    private(set) var attributes: RequestAttributes?
    private(set) var rulesNamespace = ""

    private static let fields = ["namespace", "verb", "group", "version", "resource", "subresource", "name"]

    init?(_ bytes: [UInt8]) {
        if ProtobufObject.isOne(bytes) {
            if let object = ProtobufObject(bytes) { readProtobuf(object.raw) }
            return
        }
        guard let documents = try? YAMLParser.documents(bytes, file: "body"),
            let spec = documents.first?.mapping?.value("spec")?.mapping
        else { return nil }
        rulesNamespace = spec.text("namespace") ?? ""
        if let resource = spec.value("resourceAttributes")?.mapping {
            attributes = Self.attributes(Self.fields.map { resource.text($0) ?? "" })
        } else if let other = spec.value("nonResourceAttributes")?.mapping {
            attributes = RequestAttributes(verb: other.text("verb") ?? "", nonResourceURL: other.text("path") ?? "")
        }
    }

    /// Kubernetes: `authorization/v1/generated.proto`; the spec is field 2 of every review.
    private mutating func readProtobuf(_ raw: ArraySlice<UInt8>) {
        var review = ProtobufReader(raw)
        guard let spec = review.field(2) else { return }
        var reader = ProtobufReader(spec)
        while let field = reader.next() {
            guard let bytes = field.bytes else { continue }
            let texts = ProtobufReader.texts(bytes)
            switch field.number {
            case 1 where texts.keys.contains(2):
                attributes = Self.attributes((1...7).map { texts[$0]?.first ?? "" })
            case 1: rulesNamespace = String(decoding: bytes, as: UTF8.self)
            case 2:
                attributes = RequestAttributes(verb: texts[2]?.first ?? "", nonResourceURL: texts[1]?.first ?? "")
            default: break
            }
        }
    }

    private static func attributes(_ values: [String]) -> RequestAttributes {
        RequestAttributes(
            verb: values[1],
            group: values[2],
            version: values[3],
            resource: values[4],
            subresource: values[5],
            namespace: values[0],
            name: values[6]
        )
    }

    /// The question again, as the server echoes it.
    var specText: String {
        guard let attributes else { return "{}" }
        if let path = attributes.nonResourceURL {
            return #"{"nonResourceAttributes":{"path":"# + jsonQuoted(path) + #","verb":"# + jsonQuoted(attributes.verb)
                + "}}"
        }
        let values = [
            attributes.namespace, attributes.verb, attributes.group, attributes.version, attributes.resource,
            attributes.subresource, attributes.name,
        ]
        let members = zip(Self.fields, values).filter { !$1.isEmpty }.map { "\"\($0)\":\(jsonQuoted($1))" }
        return #"{"resourceAttributes":{"# + members.joined(separator: ",") + "}}"
    }
}
