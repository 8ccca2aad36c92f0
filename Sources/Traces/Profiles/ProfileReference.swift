package import Syntax

/// The value of `-p`: `NAME[=RESOURCE[.GROUP]]`, or the path of a file.
package struct ProfileReference: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        /// One of those that the tool brings along.
        case builtin(String)
        case file(String)
    }

    package let source: Source
    /// What the profile is applied to.
    package let resource: ResourceReference?
    /// As the user wrote it.
    package let text: String

    private static let flag = "--profile"

    /// A name of `builtin` is that profile; anything else that looks like a path is one.
    ///
    /// - Parameter builtin: the names of the profiles that are compiled in.
    /// - Throws: `InputError` for a name that is not known, or a resource that is none.
    package init(_ text: String, builtin: [String]) throws(InputError) {
        self.text = text
        let mark = text.firstIndex(of: "=")
        let name = String(mark.map { text[..<$0] } ?? text[...])
        if builtin.contains(name) {
            source = .builtin(name)
        } else if name.contains("/") || [".yaml", ".yml", ".json"].contains(where: name.hasSuffix) {
            source = .file(name)
        } else {
            throw InputError(
                file: Self.flag,
                message: "`\(name)` is no profile",
                hint: "known are \(builtin.joined(separator: ", ")); a path has a `/` or ends in .yaml"
            )
        }
        guard let mark else {
            resource = nil
            return
        }
        let resource = try ResourceReference(String(text[text.index(after: mark)...]), flag: Self.flag)
        guard resource.subresource.isEmpty else {
            throw InputError(
                file: Self.flag,
                message: "`\(text)` names a subresource",
                hint: "name the resource; the profile knows its subresources"
            )
        }
        self.resource = resource
    }
}
