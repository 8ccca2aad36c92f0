import Diagnosis
import Manifests
import Profiles
import Syntax
package import Traces

/// The profiles that somebody names.
package enum ProfileInput {
    /// The requirements of `NAME`, `NAME=RESOURCE[.GROUP]` or a file.
    package static func requirements(
        of argument: String,
        _ scope: Profile.Scope
    ) throws(InputFailure) -> [Requirement] {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let profile = try profile(named: parts[0])
        return try InputFailure.during(.profile) { () throws(InputError) in
            try profile.requirements(for: parts.count > 1 ? parts[1] : nil, as: argument, in: scope)
        }
    }

    /// A built-in profile, or one in a file: what has a slash or ends in `.yaml` is a path.
    package static func profile(named name: String) throws(InputFailure) -> Profile {
        try InputFailure.during(.profile) { () throws(InputError) in
            if let builtin = BuiltinProfiles.all.first(where: { $0.name == name }) {
                return try Profile(yaml: builtin.yaml, file: "profile \(name)")
            }
            guard name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml") else {
                let names = BuiltinProfiles.all.map(\.name)
                let hint =
                    nearMisses(of: name, among: names).first.map { "did you mean `\($0)`?" }
                    ?? "the built-in ones are \(names.joined(separator: ", ")); a file has a slash or ends in .yaml"
                throw InputError(file: "--profile", message: "no profile is called `\(name)`", hint: hint)
            }
            return try Profile(yaml: FileAccess.read(name), file: name)
        }
    }
}
