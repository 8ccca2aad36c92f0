/// Texts by file name, each cut into lines when it is first pointed into.
struct SourceCache: Sendable {
    private let texts: [String: String]
    private var cut: [String: SourceLines] = [:]

    init(texts: [String: String]) { self.texts = texts }

    subscript(file: String) -> SourceLines? {
        mutating get {
            if let lines = cut[file] { return lines }
            guard let text = texts[file] else { return nil }
            let lines = SourceLines(text)
            cut[file] = lines
            return lines
        }
    }
}
