import Syntax

/// The files that were read, and what was found in them that is not followed.
struct LoadedFiles {
    /// Texts by the names in the ranges.
    private(set) var texts: [String: String] = [:]
    /// Of these, the ones that may not be written to.
    private(set) var readOnly: Set<String> = []
    var warnings: [ManifestWarning] = []

    /// The objects of a file.
    ///
    /// - Parameter isNamed: whether the user, or a kustomization, names this very file.
    mutating func objects(in path: String, isNamed: Bool, limits: YAMLLimits) throws(InputError) -> [LoadedObject] {
        if FileAccess.isReadOnly(path) { readOnly.insert(path) }
        return try objects(
            of: FileAccess.read(path, limit: limits.bytes),
            file: path,
            isNamed: isNamed,
            limits: limits
        )
    }

    mutating func objects(
        of bytes: [UInt8],
        file: String,
        isNamed: Bool,
        limits: YAMLLimits
    ) throws(InputError) -> [LoadedObject] {
        var reader = ObjectReader(isNamed: isNamed)
        for document in try YAMLParser.documents(bytes, file: file, limits: limits) { try reader.read(document) }
        texts[file] = String(decoding: bytes, as: UTF8.self)
        warnings += reader.warnings
        return reader.objects
    }

    mutating func add(_ other: LoadedFiles) {
        texts.merge(other.texts) { $1 }
        readOnly.formUnion(other.readOnly)
        warnings += other.warnings
    }
}
