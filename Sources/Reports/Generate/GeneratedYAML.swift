import Diagnosis
import RBAC

/// Generated roles as manifests, in the style of controller-gen: an entry a line, and above each rule why it is there; with
/// `-q` without comments, with `-v` with the places of the calls.
struct GeneratedYAML {
    private let options: GeneratedOptions
    private let verbosity: RenderOptions.Verbosity

    static func text(_ generated: GeneratedRoles, _ options: GeneratedOptions, _ render: RenderOptions) -> String {
        GeneratedYAML(options: options, verbosity: render.verbosity).text(generated)
    }

    private func text(_ generated: GeneratedRoles) -> String {
        var lines = verbosity == .quiet ? [] : header(generated)
        if options.withBinding, generated.subject.kind == "ServiceAccount", !generated.roles.isEmpty {
            lines +=
                ["---", "apiVersion: v1", "kind: ServiceAccount"]
                + metadata(
                    generated.subject.name,
                    namespace: generated.subject.namespace
                )
        }
        for role in generated.roles { lines += object(role, generated.names.role) }
        if options.withBinding {
            for binding in generated.policy.bindings { lines += object(binding) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    // MARK: - Parts

    private func header(_ generated: GeneratedRoles) -> [String] {
        let subject = generated.subject
        let name = subject.kind == "ServiceAccount" ? "\(subject.namespace)/\(subject.name)" : subject.name
        var lines = ["# What \(name) needs"]
        if !options.sources.isEmpty { lines[0] += ", by \(options.sources.joined(separator: ", "))" }
        var counts = "# \(counted(generated.requirements, "requirement"))"
        if generated.calls > 0 { counts += ", \(counted(generated.calls, "call"))" }
        if generated.grantedByDefault > 0 {
            let verb = generated.grantedByDefault == 1 ? "is" : "are"
            counts += "; \(generated.grantedByDefault) of the requirements \(verb) left out: every cluster grants them"
        }
        lines.append(counts + ".")
        if generated.roles.isEmpty { lines.append("# No role is needed.") }
        return lines.map { printable($0) }
    }

    private func object(_ role: GeneratedRoles.Role, _ name: String) -> [String] {
        var lines = head(role.kind.rawValue, name, namespace: role.namespace) + ["rules:"]
        for rule in role.rules {
            if verbosity != .quiet { lines += rule.reasons.map { "# \(printable($0))" } }
            if verbosity == .verbose { lines += rule.origins.map { "#   \(printable($0))" } }
            lines += RuleYAML.blockLines(rule.rule)
        }
        return lines
    }

    private func object(_ binding: Binding) -> [String] {
        var lines = head(binding.kind.rawValue, binding.name, namespace: binding.namespace)
        lines += [
            "roleRef:", "  apiGroup: rbac.authorization.k8s.io", "  kind: \(binding.roleRef.kind)",
            "  name: \(RuleYAML.scalar(binding.roleRef.name))", "subjects:",
        ]
        for subject in binding.subjects {
            lines.append("- kind: \(subject.kind)")
            if !subject.apiGroup.isEmpty { lines.append("  apiGroup: \(subject.apiGroup)") }
            lines.append("  name: \(RuleYAML.scalar(subject.name))")
            if !subject.namespace.isEmpty { lines.append("  namespace: \(RuleYAML.scalar(subject.namespace))") }
        }
        return lines
    }

    private func head(_ kind: String, _ name: String, namespace: String) -> [String] {
        ["---", "apiVersion: rbac.authorization.k8s.io/v1", "kind: \(kind)"] + metadata(name, namespace: namespace)
    }

    private func metadata(_ name: String, namespace: String) -> [String] {
        let lines = ["metadata:", "  name: \(RuleYAML.scalar(name))"]
        return namespace.isEmpty ? lines : lines + ["  namespace: \(RuleYAML.scalar(namespace))"]
    }
}

/// How generated roles are written.
package struct GeneratedOptions: Sendable {
    /// With the bindings and the service account.
    package var withBinding: Bool
    /// As kubebuilder markers instead of manifests.
    package var asMarkers: Bool
    /// Where the calls were read: paths and flags, as the user named them.
    package var sources: [String]

    package init(withBinding: Bool = false, asMarkers: Bool = false, sources: [String] = []) {
        self.withBinding = withBinding
        self.asMarkers = asMarkers
        self.sources = sources
    }
}
