/// Bounds on what is read, against hostile or mistaken input. Each one passed is an `InputError` that names it.
package struct YAMLLimits: Sendable {
    /// Bytes of one file.
    package var bytes: Int
    /// How deep sequences and mappings may nest, aliases written out.
    package var depth: Int
    /// Nodes of one file, aliases written out.
    package var nodes: Int
    /// Of these, the ones that only aliases and merge keys bring.
    package var copiedNodes: Int

    package init(bytes: Int, depth: Int, nodes: Int, copiedNodes: Int = 200_000) {
        self.bytes = bytes
        self.depth = depth
        self.nodes = nodes
        self.copiedNodes = copiedNodes
    }

    /// 64 MiB, 100 levels, 4 million nodes, 200,000 of them copies: far above any cluster's dump of its roles.
    package static let `default` = YAMLLimits(bytes: 64 << 20, depth: 100, nodes: 4_000_000)

    func tooDeep(_ file: String, _ place: SourceLocation) -> InputError {
        InputError(
            file: file,
            location: place,
            message: "nested more than \(depth) levels deep",
            hint: "no Kubernetes object nests so deep; is this the right file?"
        )
    }

    func tooManyNodes(_ file: String, _ place: SourceLocation) -> InputError {
        InputError(
            file: file,
            location: place,
            message: "the file has more than \(nodes) nodes",
            hint: "split it, or give the part that holds roles and bindings"
        )
    }
}
