import Syntax

extension RawRecord {
    /// Members of what clouds and others put around an event.
    enum Wrapper {
        /// The event itself, as a text or as an object.
        case event
        /// Cloud Logging's audit entry.
        case payload
        /// A column that only a row of Azure's table has.
        case azure
        /// The halves of an exchange of an HTTP archive.
        case request, response
    }

    /// What a key of a record, a header or an audit event stands for.
    enum Member {
        case text(Field)
        /// A text in a record, and a list in a requirement that a person wrote.
        case textOrList(Field)
        /// A list that only a person's requirement has.
        case list
        /// `items` or `requirements`, and what clouds call their lists of events.
        case objects
        case wrapped(Wrapper)
        case status, count, cached, dryRun
        case user, impersonatedUser, reference, annotations, responseStatus

        /// `nil` for a member that is of no interest. Told by length first, so that most keys are compared once or twice.
        init?(_ key: JSONText) {
            guard let member = key.hasEscapes ? Self.named(key.string) : Self.member(key) else { return nil }
            self = member
        }

        private static func member(_ key: JSONText) -> Member? {
            for candidate in table[min(key.bytes.count, table.count - 1)] where key.equals(candidate.name) {
                return candidate.member
            }
            return nil
        }

        private static func named(_ name: String) -> Member? {
            names.first { $0.name.description == name }?.member
        }

        private typealias Name = (name: StaticString, member: Member)

        private static let names: [Name] = [
            ("apiVersion", .text(.apiVersion)), ("kind", .text(.kind)),
            ("verb", .text(.verb)), ("group", .text(.group)), ("version", .text(.version)),
            ("resource", .text(.resource)), ("subresource", .text(.subresource)), ("namespace", .text(.namespace)),
            ("name", .text(.name)), ("names", .textOrList(.names)), ("namespaces", .textOrList(.namespaces)),
            ("nonResourceURL", .text(.nonResourceURL)), ("method", .text(.method)), ("path", .text(.path)),
            ("first", .text(.first)), ("last", .text(.last)), ("userAgent", .text(.userAgent)),
            ("message", .text(.message)), ("source", .text(.source)), ("implied", .text(.implied)),
            ("status", .status), ("count", .count), ("cached", .cached), ("dryRun", .dryRun),
            ("level", .text(.level)), ("user", .user),
            ("verbs", .list), ("groups", .list), ("resources", .list), ("nonResourceURLs", .list),
            ("items", .objects), ("requirements", .objects), ("records", .objects), ("logEvents", .objects),
            ("events", .objects), ("results", .objects),
            ("log", .wrapped(.event)), ("log_s", .wrapped(.event)), ("@message", .wrapped(.event)),
            ("textPayload", .wrapped(.event)), ("jsonPayload", .wrapped(.event)), ("properties", .wrapped(.event)),
            ("protoPayload", .wrapped(.payload)), ("RequestUri", .wrapped(.azure)), ("request", .wrapped(.request)),
            ("response", .wrapped(.response)),
            ("stage", .text(.stage)), ("auditID", .text(.auditID)), ("requestURI", .text(.requestURI)),
            ("impersonatedUser", .impersonatedUser), ("objectRef", .reference), ("annotations", .annotations),
            ("responseStatus", .responseStatus), ("requestReceivedTimestamp", .text(.receivedTime)),
            ("stageTimestamp", .text(.stageTime)), ("timestamp", .text(.oldTime)),
        ]

        /// By length of the name; what is longer than all of them finds an empty list.
        private static let table: [[Name]] = {
            let longest = names.map(\.name.utf8CodeUnitCount).max() ?? 0
            var table = [[Name]](repeating: [], count: longest + 2)
            for entry in names { table[entry.name.utf8CodeUnitCount].append(entry) }
            return table
        }()
    }
}
