package import Syntax

/// What the command line says about the connection, as kubectl's flags of the same names.
package struct ConnectionOptions: Sendable {
    package var kubeconfig: String?
    package var context: String?
    package var namespace: String?
    package var server: String?
    package var impersonation = Impersonation()
    /// The time of one request, all tries included; `nil` means none.
    package var requestTimeout: Duration? = ConnectionOptions.defaultTimeout

    package static let defaultTimeout: Duration = .seconds(30)

    package init() {}

    /// Reads the value of `--request-timeout` as kubectl does: seconds, or `1s`, `2m`, `1h30m`, `500ms`; `0` means none.
    ///
    /// - Throws: `InputError` that names the flag.
    package static func timeout(_ text: String) throws(InputError) -> Duration? {
        guard let milliseconds = milliseconds(text) else {
            throw InputError(
                file: "--request-timeout",
                message: "`\(text)` is no duration",
                hint: "write seconds (`30`) or a unit (`500ms`, `30s`, `2m`); `0` waits for ever"
            )
        }
        return milliseconds == 0 ? nil : .milliseconds(milliseconds)
    }

    private static func milliseconds(_ text: String) -> Int? {
        if let seconds = Int(text) { return seconds >= 0 && seconds < 1_000_000_000 ? seconds * 1000 : nil }
        let units = ["ms": 1.0, "s": 1000.0, "m": 60_000.0, "h": 3_600_000.0]
        var rest = text[...]
        var sum = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest[digits.endIndex...]
            let unit = rest.prefix { $0.isLetter }
            rest = rest[unit.endIndex...]
            guard let value = Double(String(digits)), let factor = units[String(unit)] else { return nil }
            sum += value * factor
        }
        return sum < 1e12 ? Int(sum.rounded(.up)) : nil
    }

    /// Reads the values of `--as-user-extra`, each `KEY=VALUE`.
    ///
    /// - Throws: `InputError` that names the flag.
    package static func extra(_ values: [String]) throws(InputError) -> [String: [String]] {
        var result: [String: [String]] = [:]
        for value in values {
            guard let equals = value.firstIndex(of: "="), equals != value.startIndex else {
                throw InputError(
                    file: "--as-user-extra",
                    message: "`\(value)` is not of the form KEY=VALUE",
                    hint: "for example `--as-user-extra scopes=view`"
                )
            }
            result[String(value[..<equals]), default: []].append(String(value[value.index(after: equals)...]))
        }
        return result
    }
}

/// What of the process the connection depends on; tests make their own.
package struct ProcessSurroundings: Sendable {
    package var environment: [String: String]
    /// Where a pod finds its service account.
    package var serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"
    /// Whether standard input is a terminal, and free for a plugin to ask on.
    package var isInteractive: Bool

    package init(environment: [String: String], isInteractive: Bool = false) {
        self.environment = environment
        self.isInteractive = isInteractive
    }
}
