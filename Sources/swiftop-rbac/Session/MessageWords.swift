/// The words of an error message that was typed without quotes around it.
enum MessageWords {
    /// One text; the quotes that a shell took off the names in it are put back.
    static func text(_ words: [String]) -> String {
        guard words.count > 1 else { return words.first ?? "" }
        let hasTexts = words.contains { $0.contains(" ") }
        if hasTexts { return words.joined(separator: "\n") }
        let isSentence = words.contains("cannot") && words.contains { $0.lowercased() == "user" }
        guard isSentence, !words.contains(where: { $0.contains("\"") }) else { return words.joined(separator: " ") }
        return quoted(words).joined(separator: " ")
    }

    /// A name stands behind each of these words, and before `is forbidden:` where two words do.
    private static func quoted(_ words: [String]) -> [String] {
        let marks: Set<String> = ["User", "user", "resource", "group", "namespace", "path"]
        let forbidden = words.firstIndex(of: "forbidden:").map { $0 - 1 } ?? 0
        return words.enumerated().map { index, word in
            let isName = index > 0 && marks.contains(words[index - 1]) || index == forbidden - 1 && index > 0
            guard isName else { return word }
            let colon = word.hasSuffix(":") && index == words.count - 1
            return colon ? "\"\(word.dropLast())\":" : "\"\(word)\""
        }
    }
}
