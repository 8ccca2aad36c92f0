import Diagnosis

/// `explain CODE -o json`.
enum CodeDocument {
    static func value(_ code: CodeText, tool: Tool) -> JSONValue {
        .object(
            DocumentParts.head(kind: "FindingCode", tool: tool) + [
                Member("code", .string(code.code.rawValue)), Member("severity", .string(code.severity.rawValue)),
                Member("summary", .string(code.summary)), Member("meaning", .string(code.meaning)),
                Member("example", ["input": .string(code.example.input), "says": .string(code.example.says)]),
                Member("remedy", .string(code.remedy)), Member("documentation", .string(code.documentation)),
            ]
        )
    }
}
