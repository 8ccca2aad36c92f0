/// A line comment of a Go file that could be a marker, and where it stands among the code.
struct GoComment: Hashable, Sendable {
    /// Where a comment stands, as far as controller-gen cares.
    ///
    /// controller-tools: `pkg/markers/collect.go`. Markers of a package are the comments at file level that document no
    /// declaration, and those in the comment of the package itself.
    package enum Placement: Hashable, Sendable {
        /// At file level, apart from code: it counts.
        case package
        /// It touches the declaration below, whose documentation it becomes.
        case documentation
        /// Inside a function, a type or another declaration.
        case inside
        /// Behind code, on its line.
        case trailing
        /// In `/* … */`.
        case block
    }

    /// Bytes of the text behind `//`, blanks around it left out.
    var text: Range<Int>
    var placement: Placement
}

/// Finds the comments of a Go file without parsing more of it than brackets, texts and where declarations start.
///
/// Linear in the bytes. Go: `go/scanner`, and `consumeCommentGroup` in `go/parser`: comments on lines that follow each other
/// are one group, and the group that ends on the line above a declaration documents it.
struct GoCommentScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var line = 0
    private var comments: [GoComment] = []
    /// Groups since the last token.
    private var groups: [Group] = []
    /// Line of the last token; -1 before the first.
    private var lastTokenLine = -1
    private var depth = 0
    private var declaration = Declaration.none
    /// Whether the declaration ends where its line does.
    private var isComplete = true
    /// The bracket depth is that of the specifications of `type ( … )`.
    private var isInTypeGroup: Bool { declaration == .typeGroup && depth == 1 }

    private enum Declaration { case none, package, function, type, typeGroup, other, otherGroup }

    private struct Group {
        var comments: [Range<Int>]
        var start: Int
        var end: Int
        var isTrailing: Bool
    }

    static func comments(_ bytes: UnsafeBufferPointer<UInt8>) -> [GoComment] {
        var scanner = GoCommentScanner(bytes: bytes)
        scanner.run()
        return scanner.comments
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    private mutating func run() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\n"):
                line += 1
                position += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                position += 1
            case UInt8(ascii: "/") where byte(position + 1) == UInt8(ascii: "/"):
                lineComment()
            case UInt8(ascii: "/") where byte(position + 1) == UInt8(ascii: "*"):
                blockComment()
            default:
                token()
            }
        }
        resolve(before: nil)
    }

    // MARK: - Comments

    private mutating func lineComment() {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        add(start + 2..<position, start: line, end: line)
    }

    private mutating func blockComment() {
        let startLine = line
        let start = position
        position += 2
        var lineStart = position
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "*"), byte(position + 1) == UInt8(ascii: "/") { break }
            if bytes[position] == UInt8(ascii: "\n") {
                keepBlockLine(lineStart..<position)
                line += 1
                lineStart = position + 1
            }
            position += 1
        }
        keepBlockLine(lineStart..<position)
        position = min(bytes.count, position + 2)
        add(start..<start, start: startLine, end: line)
    }

    private mutating func keepBlockLine(_ range: Range<Int>) {
        let text = trimmed(range)
        guard !text.isEmpty, bytes[text.lowerBound] == UInt8(ascii: "+") else { return }
        comments.append(GoComment(text: text, placement: .block))
    }

    private mutating func add(_ range: Range<Int>, start: Int, end: Int) {
        let isTrailing = start == lastTokenLine
        let text = trimmed(range)
        if !isTrailing, let last = groups.last, !last.isTrailing, start <= last.end + 1 {
            groups[groups.count - 1].comments.append(text)
            groups[groups.count - 1].end = end
        } else if isTrailing, let last = groups.last, last.isTrailing, start <= last.end {
            groups[groups.count - 1].comments.append(text)
            groups[groups.count - 1].end = end
        } else {
            groups.append(Group(comments: [text], start: start, end: end, isTrailing: isTrailing))
        }
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        func isBlank(_ offset: Int) -> Bool { bytes[offset] <= 0x20 }
        while start < end, isBlank(start) { start += 1 }
        while end > start, isBlank(end - 1) { end -= 1 }
        return start..<end
    }

    // MARK: - Code

    private mutating func token() {
        let start = position
        let startLine = line
        let first = bytes[position]
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): skipQuoted(first)
        case UInt8(ascii: "`"): skipRaw()
        case _ where Self.isWord(first):
            while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
        default: position += 1
        }
        let text = UnsafeBufferPointer(rebasing: bytes[start..<position])
        settle(text, at: startLine)
        lastTokenLine = line
    }

    /// What a token means for the comments before it and for the declaration that it belongs to.
    private mutating func settle(_ text: UnsafeBufferPointer<UInt8>, at startLine: Int) {
        let first = text[0]
        let endedOnItsLine = isComplete && startLine > lastTokenLine
        let isSemicolon = first == UInt8(ascii: ";")
        if depth == 0, endedOnItsLine || declaration == .none, let start = Self.declaration(text) {
            resolve(before: (startLine, start == .package))
            declaration = start
            isComplete = false
            isFirstAfterKeyword = true
            return
        }
        if isInTypeGroup, endedOnItsLine || lastOpened {
            resolveTypeGroup(before: startLine, isEnd: first == UInt8(ascii: ")"))
        }
        resolve(before: nil, isInCode: true)
        lastOpened = false
        switch first {
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
            if depth == 0, first == UInt8(ascii: "("), isFirstAfterKeyword {
                declaration = declaration == .type ? .typeGroup : declaration == .other ? .otherGroup : declaration
                lastOpened = true
            }
            depth += 1
            isComplete = false
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            depth = max(0, depth - 1)
            isComplete = true
        case _ where isSemicolon:
            isComplete = true
            if depth == 0 { declaration = .none }
        default:
            isComplete =
                Self.isWord(first) || [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`")].contains(first)
        }
        isFirstAfterKeyword = false
    }

    /// The last token was the bracket that opens a group of specifications.
    private var lastOpened = false
    /// No token has come since the keyword of the declaration.
    private var isFirstAfterKeyword = true

    private static func declaration(_ text: UnsafeBufferPointer<UInt8>) -> Declaration? {
        switch String(decoding: text, as: UTF8.self) {
        case "package": .package
        case "func": .function
        case "type": .type
        case "import", "const", "var": .other
        default: nil
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_") || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
            || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
    }

    private mutating func skipQuoted(_ quote: UInt8) {
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
            if bytes[position] == UInt8(ascii: "\\") {
                position += 2
                continue
            }
            position += 1
            if bytes[position - 1] == quote { return }
        }
        position = min(position, bytes.count)
    }

    private mutating func skipRaw() {
        position += 1
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
            if bytes[position - 1] == UInt8(ascii: "`") { return }
        }
    }

    // MARK: - Where the comments stand

    /// Says of the waiting groups where they stand.
    ///
    /// - Parameters:
    ///   - next: the line of the declaration that follows at file level, and whether it is the package clause; `nil` at the
    ///     end of the file and inside code.
    ///   - isInCode: whether a token follows that starts no declaration.
    private mutating func resolve(before next: (line: Int, isPackage: Bool)?, isInCode: Bool = false) {
        guard !groups.isEmpty else { return }
        for (index, group) in groups.enumerated() {
            let placement: GoComment.Placement
            if depth > 0 || isInCode {
                placement = group.isTrailing && depth == 0 ? .trailing : .inside
            } else if group.isTrailing, [.type, .other].contains(declaration) {
                placement = .trailing
            } else if let next, !next.isPackage, index == groups.count - 1, !group.isTrailing,
                group.end + 1 == next.line
            {
                placement = .documentation
            } else {
                placement = .package
            }
            keep(group, placement)
        }
        groups = []
    }

    /// In `type ( … )` the nearest group above a type that does not document it counts.
    private mutating func resolveTypeGroup(before line: Int, isEnd: Bool) {
        guard !isEnd else { return }
        var rest = groups
        groups = []
        var documentation: Group?
        if let last = rest.last, !last.isTrailing, last.end + 1 == line { documentation = rest.removeLast() }
        let nearest = rest.last.flatMap { $0.isTrailing ? nil : rest.removeLast() }
        for group in rest { keep(group, group.isTrailing ? .trailing : .inside) }
        if let nearest { keep(nearest, .package) }
        if let documentation { keep(documentation, .documentation) }
    }

    private mutating func keep(_ group: Group, _ placement: GoComment.Placement) {
        for text in group.comments where !text.isEmpty {
            comments.append(GoComment(text: text, placement: placement))
        }
    }
}
