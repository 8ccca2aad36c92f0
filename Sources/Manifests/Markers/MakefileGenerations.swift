/// Finds in a Makefile how controller-gen is called for roles.
struct MakefileGenerations {
    private(set) var generations: [MarkerGeneration] = []

    static let names = ["GNUmakefile", "makefile", "Makefile"]

    init(_ text: String) {
        var target = "manifests"
        for line in Self.lines(of: text) {
            if let name = Self.target(line) { target = name }
            let words = Self.words(of: line)
            guard let generator = words.first(where: { $0 == "rbac" || $0.hasPrefix("rbac:") }) else { continue }
            generations.append(Self.generation(generator, words, target))
        }
    }

    /// Lines with the continued ones put together; comments left out.
    private static func lines(of text: String) -> [String] {
        var lines: [String] = []
        var open = ""
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasSuffix("\\") {
                open += line.dropLast() + " "
            } else {
                lines.append(open + line)
                open = ""
            }
        }
        return (open.isEmpty ? lines : lines + [open]).filter { !$0.hasPrefix("#") }
    }

    /// `manifests` of `manifests: controller-gen ## Generate …`.
    private static func target(_ line: String) -> String? {
        guard let first = line.unicodeScalars.first, first != "\t", first != " ", let colon = line.firstIndex(of: ":"),
            !line[colon...].hasPrefix(":=")
        else { return nil }
        let name = line[..<colon]
        let isPlain = !name.isEmpty && !name.contains { " $=.".contains($0) }
        return isPlain ? String(name) : nil
    }

    /// Words as a shell takes them, quotes taken off.
    private static func words(of line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == " " || character == "\t" {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static func generation(_ generator: String, _ words: [String], _ target: String) -> MarkerGeneration {
        var generation = MarkerGeneration()
        generation.command = "make \(target)"
        for option in generator.dropFirst("rbac:".count).split(separator: ",") {
            let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, !parts[1].contains("$") else { continue }
            if parts[0] == "roleName" { generation.roleName = parts[1] }
            if parts[0] == "fileName" { generation.fileName = parts[1] }
        }
        let paths = words.filter { $0.hasPrefix("paths=") }.flatMap { word in
            word.dropFirst("paths=".count).split { ";,{}".contains($0) }.map(String.init)
        }
        if !paths.isEmpty { generation.paths = paths }
        return generation
    }
}

extension MarkerGeneration {
    /// Whether controller-gen is told to look into a file.
    ///
    /// - Parameter file: from the project's root. What a variable of the Makefile says is not known, and could be anything.
    package func covers(_ file: String) -> Bool {
        let folder = file.split(separator: "/").dropLast().joined(separator: "/")
        return paths.contains { path in
            guard path.hasPrefix("."), !path.contains("$") else { return true }
            let clean = FilePath.normalized(path)
            guard clean.hasSuffix("...") else { return clean == (folder.isEmpty ? "." : folder) }
            let parent = FilePath.normalized(String(clean.dropLast(3)))
            return parent == "." || folder == parent || folder.hasPrefix("\(parent)/")
        }
    }
}
