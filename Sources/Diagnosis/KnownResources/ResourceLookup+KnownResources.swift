package import Traces

extension ResourceLookup {
    /// Finds resources that people name in short among those that are known.
    package init(_ known: KnownResources) {
        self.init(
            groups: { known.groups(withResource: $0) },
            isNamespaced: { known.resource($0, group: $1)?.isNamespaced },
            otherName: { name, group in
                let matches = known.named(name, group: group)
                guard let only = matches.first?.resource, matches.count == 1, only.plural != name else { return nil }
                return (only.plural, only.group)
            }
        )
    }
}
