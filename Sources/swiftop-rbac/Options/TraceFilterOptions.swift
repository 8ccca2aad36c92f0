import ArgumentParser
import RBAC
import Syntax
import Traces

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `trace import`: which calls are taken.
struct TraceFilterOptions: ParsableArguments {
    @Option(
        name: .customLong("user"),
        help: ArgumentHelp(
            "Take the calls of this user, impersonation considered: a name, or a service account as NAMESPACE/NAME. Repeatable.",
            valueName: "user"
        )
    )
    var users: [String] = []

    @Option(
        name: .customLong("user-agent"),
        help: ArgumentHelp("Take calls whose user agent contains this text.", valueName: "text")
    )
    var userAgent: String?

    @Option(
        help: ArgumentHelp(
            "Take calls from this time on: RFC 3339, or how long ago (90s, 15m, 2h, 7d).",
            valueName: "time"
        )
    )
    var since: Moment?

    @Option(help: ArgumentHelp("Take calls up to this time: RFC 3339, or how long ago.", valueName: "time"))
    var until: Moment?

    @Option(
        name: [.short, .customLong("namespace")],
        help: ArgumentHelp("Take calls in this namespace. Repeatable.", valueName: "namespace")
    )
    var namespaces: [String] = []

    var filter: TraceFilter {
        TraceFilter(
            users: Set(users.flatMap(Self.userNames)),
            namespaces: Set(namespaces),
            userAgent: userAgent,
            since: since?.time,
            until: until?.time
        )
    }

    /// The flags that leave calls out, those about users aside.
    var flags: [String] {
        let given = [
            ("--user-agent", userAgent != nil), ("--since", since != nil), ("--until", until != nil),
            ("--namespace", !namespaces.isEmpty),
        ]
        return given.filter(\.1).map(\.0)
    }

    func validate() throws {
        guard let since, let until, !until.time.isAtOrAfter(since.time) else { return }
        throw ValidationError("`--until` is before `--since`\n  hint: no call can be between them")
    }

    /// What the text may mean: a name as it stands, and the account that `NAMESPACE/NAME` is short for.
    private static func userNames(_ text: String) -> [String] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, !text.contains(":"), !text.contains("@") else {
            return [text]
        }
        return [text, ServiceAccountName(namespace: parts[0], name: parts[1]).userName]
    }
}

/// A time on the command line: RFC 3339, or a duration before now.
struct Moment: ExpressibleByArgument {
    let time: Timestamp

    init?(argument: String) {
        if let time = Timestamp(argument) {
            self.time = time
        } else if let seconds = Self.seconds(argument) {
            time = Timestamp(secondsSince1970: Int64(secondsNow()) - seconds)
        } else {
            return nil
        }
    }

    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]

    /// The seconds of `90s`, `1h30m`, `7d`, rounded down; `nil` for anything else, and for what is longer than 1,000 years.
    private static func seconds(_ text: String) -> Int64? {
        var total: Int64 = 0
        var rest = text[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int64(digits), number < 1_000_000_000, let unit = rest.dropFirst(digits.count).first,
                let length = units[unit]
            else { return nil }
            total += number * length
            guard total < 31_536_000_000 else { return nil }
            rest = rest.dropFirst(digits.count + 1)
        }
        return total
    }
}

private func secondsNow() -> Int { time(nil) }
