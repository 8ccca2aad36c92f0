import Syntax

/// What a `kustomization.yaml` says, as far as permissions are concerned. kustomize: `api/types/kustomization.go`.
struct Kustomization {
    /// Something that it lists, and where.
    typealias Reference = (text: String, range: SourceRange)

    let file: String
    let folder: String
    let fields: Node.Mapping
    let isComponent: Bool
    /// `resources`, and the former `bases` behind them.
    let resources: [Reference]
    let components: [Reference]
    let namePrefix: String
    let nameSuffix: String
    let namespace: String
    /// In the order in which kustomize sets them.
    let labels: [[String: String]]

    static let fileNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

    /// The kustomization of a folder, if it has one.
    static func file(in folder: String) -> String? {
        fileNames.map { FilePath.joined(folder, $0) }.first { FileAccess.kind(of: $0) == .file }
    }

    init(file: String, limits: YAMLLimits) throws(InputError) {
        self.file = file
        folder = FilePath.parent(of: file)
        let documents = try YAMLParser.documents(FileAccess.read(file, limit: limits.bytes), file: file, limits: limits)
        guard documents.count <= 1 else {
            throw documents[1].error(
                "a kustomization is one document, and here starts another",
                hint: "keep one of them"
            )
        }
        let range = SourceRange(file: file, start: .start, end: .start)
        let empty = Node.Mapping(entries: [], isFlow: false, range: range)
        fields = try documents.first?.fields("kustomization") ?? empty
        isComponent = try fields.optionalString("kind") == "Component"
        resources = try fields.strings("resources") + fields.strings("bases")
        components = try fields.strings("components")
        namePrefix = try fields.optionalString("namePrefix") ?? ""
        nameSuffix = try fields.optionalString("nameSuffix") ?? ""
        namespace = try fields.optionalString("namespace") ?? ""
        var labels: [[String: String]] = []
        for item in try fields.value("labels")?.items("labels") ?? [] {
            labels.append(try item.fields("labels[\(labels.count)]").stringMap("pairs"))
        }
        self.labels = labels + [try fields.stringMap("commonLabels")]
    }

    /// The path of something that it lists, as a person would write it from the working folder.
    ///
    /// kustomize takes `..` from where the folder really is, so that a link to it makes no difference.
    func path(of text: String) -> String {
        let path = FilePath.joined(folder, text)
        let real = FilePath.joined(FileAccess.canonical(folder), text)
        return FileAccess.canonical(path) == FileAccess.canonical(real) ? path : real
    }

    /// Whether it lists this folder, given by its canonical path.
    func lists(_ canonicalFolder: String) -> Bool {
        (resources + components).contains { FileAccess.canonical(path(of: $0.text)) == canonicalFolder }
    }

    /// Whether a listed text that is no local path means something on another machine.
    static func isRemote(_ text: String) -> Bool {
        text.contains("://") || text.contains("?ref=") || text.contains(".git") || text.hasPrefix("git@")
            || text.hasPrefix("github.com/") || text.hasPrefix("git::")
    }
}
