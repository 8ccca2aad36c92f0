import Manifests
import Syntax

/// Rewrites several files: all of them or none.
struct FileRewrite {
    /// A file as it was read and as it is to be.
    struct Change {
        var path: String
        var before: String
        var after: String
    }

    let changes: [Change]
    /// Off for `--force`: a file that is no longer as it was read is left alone.
    let checksContents: Bool

    /// - Throws: `InputError` where a file has changed or cannot be written; nothing is changed then.
    func commit() throws(InputError) {
        if checksContents { try checkContents() }
        var staged: [(change: Change, file: FileOutput.Staged)] = []
        do throws(InputError) {
            for change in changes { staged.append((change, try FileOutput.Staged(change.after, for: change.path))) }
        } catch {
            for (_, file) in staged { file.discard() }
            throw error
        }
        for index in staged.indices {
            do throws(InputError) {
                try staged[index].file.commit()
            } catch {
                for (_, file) in staged[(index + 1)...] { file.discard() }
                for (change, _) in staged[..<index] { try FileOutput.write(change.before, to: change.path) }
                throw error
            }
        }
    }

    private func checkContents() throws(InputError) {
        for change in changes {
            guard try FileAccess.read(change.path) == Array(change.before.utf8) else {
                throw InputError(
                    file: change.path,
                    message: "the file has changed since it was read; nothing was written",
                    hint: "run this again, or overwrite it with --force"
                )
            }
        }
    }
}
