package import Syntax

extension ManifestSet {
    /// The same set with the rules that changed texts hold now. Names stay as they are: an edit of rules changes none.
    ///
    /// - Parameter changed: texts by the names in the ranges; each holds the same objects in the same order as before.
    /// - Throws: `InputError` where a text is no manifest any more.
    package func rereadingRules(of changed: [String: String]) throws(InputError) -> ManifestSet {
        var places: [SourceRange: RoleManifest] = [:]
        for (file, text) in changed {
            let before = try Self.roles(in: texts[file] ?? "", file: file)
            let after = try Self.roles(in: text, file: file)
            guard before.count == after.count else {
                throw InputError(
                    file: file,
                    message: "the edited text holds other roles than before",
                    hint: "edit it by hand"
                )
            }
            for (old, new) in zip(before, after) { places[old.range] = new }
        }
        var result = self
        for index in roles.indices {
            guard let role = places[roles[index].range] else { continue }
            result.roles[index].rules = role.rules
            result.roles[index].range = role.range
            result.roles[index].nameRange = role.nameRange
        }
        result.texts.merge(changed) { $1 }
        return result
    }

    private static func roles(in text: String, file: String) throws(InputError) -> [RoleManifest] {
        var reader = ObjectReader(isNamed: false)
        for document in try YAMLParser.documents(Array(text.utf8), file: file) { try reader.read(document) }
        return reader.objects.compactMap { object in
            if case .role(let role) = object.content { role } else { nil }
        }
    }
}
