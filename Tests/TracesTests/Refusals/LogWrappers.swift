import Foundation

/// How loggers, clients and terminals dress up a message.
enum LogWrapper: String, CaseIterable, Sendable {
    case plain, kubectl, klog, klogError, zapJSON, zapConsole, logrus, jsonTwice, jsonThrice, status, prettyStatus, yaml
    case pythonDictionary, colours, podPrefix, criTimestamp, wrapped, wrappedAtWords, box

    /// Whether the text survives only where names are of a usual kind: no quotes, spaces or line breaks in them.
    var needsPlainNames: Bool {
        switch self {
        case .yaml, .pythonDictionary, .wrapped, .wrappedAtWords, .box: true
        default: false
        }
    }

    func text(_ message: String, width: Int) -> String {
        switch self {
        case .plain: message
        case .kubectl: "Error from server (Forbidden): error when creating \"STDIN\": \(message)"
        case .klog: "E1123 08:52:45.064400   32223 main.go:131] could not do it: \(message)"
        case .klogError:
            "E1123 08:52:24.963701   32071 leaderelection.go:461] \"Error retrieving lease lock\" err=\(quoted(message)) lock=\"a/b\""
        case .zapJSON:
            #"{"level":"error","ts":"2026-07-13T10:02:13Z","msg":"Reconciler error","error":\#(quoted(message)),"stacktrace":"a.b\n\t/c.go:1"}"#
        case .zapConsole:
            "2024-04-19T10:47:10.774+0800\tERROR\tmain\tunable to do it\t{\"name\": \"x\", \"error\": \(quoted(message))}"
        case .logrus: #"time="2020-01-17T06:07:08Z" level=error msg=\#(quoted("failed: " + message)) app=x"#
        case .jsonTwice: #"{"log":\#(quoted(Self.zapJSON.text(message, width: width))),"stream":"stderr"}"#
        case .jsonThrice: #"{"entry":\#(quoted(Self.jsonTwice.text(message, width: width)))}"#
        case .status: #"Response Body: {"kind":"Status","message":\#(quoted(message)),"reason":"Forbidden","code":403}"#
        case .prettyStatus:
            "{\n  \"kind\": \"Status\",\n  \"message\": \(quoted(message)),\n  \"reason\": \"Forbidden\",\n  \"code\": 403\n}"
        case .yaml: "kind: Status\nmessage: '\(message)'\nreason: Forbidden\n"
        case .pythonDictionary: "WARNING:root:{'kind': 'Status', 'message': '\(message)', 'reason': 'Forbidden'}"
        case .colours: "\u{1B}[31mERROR\u{1B}[0m \u{1B}[1merror=\u{1B}[0m\(message)\u{1B}[0m"
        case .podPrefix: "[pod/operator-5c4745dfdb-x42zj/manager] E1123 08:52:45.064400 1 main.go:1] \(message)"
        case .criTimestamp:
            "2024-03-13T15:41:16.899136935Z stderr F W0313 15:41:16.899084 1 reflector.go:539] \(message)"
        case .wrapped: lines(Array("some words before: \(message)"), width).joined(separator: "\n")
        case .wrappedAtWords: words("some words before: \(message)", width).joined(separator: "\n")
        case .box:
            lines(Array(Self.status.text(message, width: width)), width).map { line in
                "│ \(line)\(String(repeating: " ", count: width - line.count)) │"
            }.joined(separator: "\n")
        }
    }

    private func quoted(_ text: String) -> String {
        let data = try? JSONEncoder().encode(text)
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    private func lines(_ characters: [Character], _ width: Int) -> [String] {
        stride(from: 0, to: characters.count, by: width).map { start in
            String(characters[start..<min(start + width, characters.count)])
        }
    }

    private func words(_ text: String, _ width: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if lines[lines.count - 1].count + word.count >= width { lines.append("") }
            lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
        }
        return lines
    }
}
