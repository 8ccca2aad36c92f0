/// Bounds on what is read, against hostile or mistaken input. Each one passed is an `InputError` that names it.
package struct YAMLLimits: Sendable {
    /// Bytes of one file.
    package var bytes: Int
    /// How deep sequences and mappings may nest.
    package var depth: Int
    /// Nodes of one file with every alias counted as a copy of what it stands for.
    package var nodes: Int

    package init(bytes: Int, depth: Int, nodes: Int) {
        self.bytes = bytes
        self.depth = depth
        self.nodes = nodes
    }

    /// 64 MiB, 100 levels, 4 million nodes: far above any cluster's dump of its roles.
    package static let `default` = YAMLLimits(bytes: 64 << 20, depth: 100, nodes: 4_000_000)
}
