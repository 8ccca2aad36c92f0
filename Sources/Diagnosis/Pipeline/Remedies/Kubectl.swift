import RBAC

/// Commands that change a cluster as the manifests should.
enum Kubectl {
    /// `kubectl create clusterrole …` with one rule.
    static func create(_ kind: Role.Kind, named name: String, in namespace: String, _ rule: PolicyRule) -> String {
        var words = ["kubectl", "create", kind.rawValue.lowercased(), name]
        if !namespace.isEmpty { words += ["-n", namespace] }
        words.append("--verb=\(rule.verbs.joined(separator: ","))")
        if !rule.nonResourceURLs.isEmpty {
            words.append("--non-resource-url=\(rule.nonResourceURLs.joined(separator: ","))")
        }
        let resources = rule.apiGroups.flatMap { group in
            rule.resources.map { resource in
                let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
                return Target(group: group, resource: parts[0], subresource: parts.count > 1 ? parts[1] : "")
                    .description
            }
        }
        if !resources.isEmpty { words.append("--resource=\(resources.joined(separator: ","))") }
        words += rule.resourceNames.map { "--resource-name=\($0)" }
        return line(words)
    }

    /// Whether `kubectl create` makes a role of this rule: it looks every resource up in the server's discovery, takes
    /// names for one resource only, and knows the standard verbs. kubectl: `pkg/cmd/create/create_role.go`.
    static func creates(_ rule: PolicyRule, _ known: KnownResources) -> Bool {
        guard rule.halves.count == 1 else { return false }
        if !rule.nonResourceURLs.isEmpty {
            return rule.verbs.allSatisfy(["get", "post", "put", "patch", "delete", "head", "options"].contains)
                && rule.nonResourceURLs.allSatisfy { $0.hasPrefix("/") && !$0.contains(",") }
        }
        let isServed = rule.apiGroups.allSatisfy { group in
            rule.resources.allSatisfy { entry in
                let resource = known.resource(String(entry.prefix { $0 != "/" }), group: group)
                return resource.map { [.builtIn, .served].contains($0.origin) } ?? false
            }
        }
        let hasOneTarget = rule.apiGroups.count == 1 && rule.resources.count == 1
        return isServed && rule.verbs.allSatisfy(KnownResource.allVerbs.contains)
            && (rule.resourceNames.isEmpty || hasOneTarget)
    }

    /// Whether `kubectl create` may make a role of this rule, where what the server serves is not known: of paths it takes
    /// HTTP's verbs only, and it finds no resource for most of what impersonation is asked about.
    static func mayCreate(_ rule: PolicyRule) -> Bool {
        rule.nonResourceURLs.isEmpty ? !rule.apiGroups.contains("authentication.k8s.io") : creates(rule, .builtin)
    }

    /// `kubectl create clusterrolebinding …`, with all its subjects.
    static func create(_ binding: Binding) -> String {
        let words = ["kubectl", "create", binding.kind.rawValue.lowercased(), binding.name] + place(binding)
        let role = "--\(binding.roleRef.kind.lowercased())=\(binding.roleRef.name)"
        return line(words + [role] + subjects(binding.subjects, of: binding))
    }

    /// `kubectl set subject …`: adds a subject to a binding that is there.
    static func add(_ subject: Subject, to binding: Binding) -> String {
        let words = ["kubectl", "set", "subject", binding.kind.rawValue.lowercased(), binding.name] + place(binding)
        return line(words + subjects([subject], of: binding))
    }

    static func delete(_ binding: Binding) -> String {
        let words = ["kubectl", "delete", binding.kind.rawValue.lowercased(), binding.name] + place(binding)
        return line(words + ["--ignore-not-found"])
    }

    static func label(_ role: Role, _ labels: [(key: String, value: String)]) -> String {
        line(
            ["kubectl", "label", role.kind.rawValue.lowercased(), role.name] + labels.map { "\($0.key)=\($0.value)" }
                + ["--overwrite"]
        )
    }

    /// - Parameter options: what is applied, and where: `-f role.yaml`.
    static func apply(_ options: [String]) -> String { line(["kubectl", "apply"] + options) }

    /// Objects that stand in the command itself.
    static func apply(yaml: [String]) -> String {
        let objects = yaml.first == "---" ? yaml.dropFirst() : yaml[...]
        return (["kubectl apply -f - <<'EOF'"] + objects + ["EOF"]).joined(separator: "\n")
    }

    private static func place(_ binding: Binding) -> [String] {
        binding.kind == .roleBinding ? ["-n", binding.namespace] : []
    }

    private static func subjects(_ subjects: [Subject], of binding: Binding) -> [String] {
        subjects.compactMap { subject in
            switch subject.kind {
            case "ServiceAccount":
                subject.accountName(in: binding).map { "--serviceaccount=\($0.namespace):\($0.name)" }
            case "Group": "--group=\(subject.name)"
            case "User": "--user=\(subject.name)"
            default: nil
            }
        }
    }

    private static func line(_ words: [String]) -> String { words.map(shellWord).joined(separator: " ") }
}

/// A word that a POSIX shell reads back as it is.
func shellWord(_ text: String) -> String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./-_=:@%+,".unicodeScalars)
    if !text.isEmpty, text.unicodeScalars.allSatisfy(plain.contains) { return text }
    var quoted = "'"
    for scalar in text.unicodeScalars {
        if scalar == "'" { quoted += "'\\''" } else { quoted.unicodeScalars.append(scalar) }
    }
    return quoted + "'"
}
