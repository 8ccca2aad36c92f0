import RBAC

extension KubectlReader {
    /// The words of a command behind its verb.
    struct Options {
        let words: [String]
        /// What is neither a flag nor a flag's value: the kind, the name, and what follows.
        private(set) var plain: [String] = []
        private(set) var namespace = ""
        private(set) var flags: [String] = []

        init(_ words: [String]) {
            self.words = words
            var rest = words[...]
            while let word = rest.popFirst() {
                if word == "-n" {
                    namespace = rest.popFirst() ?? ""
                } else if word.hasPrefix("-") {
                    flags.append(word)
                } else {
                    plain.append(word)
                }
            }
        }

        var kind: String { plain.first ?? "" }
        var name: String { plain.count > 1 ? plain[1] : "" }

        /// The values of a flag that may be given several times.
        func values(_ flag: String) -> [String] {
            flags.filter { $0.hasPrefix("--\(flag)=") }.map { String($0.dropFirst(flag.count + 3)) }
        }

        private func list(_ flag: String) -> [String] {
            values(flag).flatMap { $0.split(separator: ",").map(String.init) }
        }

        func role() throws -> ObjectSet.RoleObject {
            let verbs = list("verb")
            var rules: [PolicyRule] = []
            for resource in list("resource") {
                let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
                let names = parts[0].split(separator: ".", maxSplits: 1).map(String.init)
                rules.append(
                    PolicyRule(
                        verbs: verbs,
                        apiGroups: [names.count > 1 ? names[1] : ""],
                        resources: [([names[0]] + parts.dropFirst()).joined(separator: "/")],
                        resourceNames: values("resource-name")
                    )
                )
            }
            let paths = list("non-resource-url")
            if !paths.isEmpty { rules.append(PolicyRule(verbs: verbs, nonResourceURLs: paths)) }
            guard !rules.isEmpty, !verbs.isEmpty, values("resource-name").isEmpty || rules.count == 1 else {
                throw Failure(description: "kubectl does not create \(words)")
            }
            let role = Role(
                kind: kind == "role" ? .role : .clusterRole,
                namespace: namespace,
                name: name,
                rules: rules.map { .init($0) }
            )
            return ObjectSet.RoleObject(role: role)
        }

        func binding(subjects: [Subject]) -> Binding {
            let cluster = values("clusterrole").first
            return Binding(
                kind: kind == "rolebinding" ? .roleBinding : .clusterRoleBinding,
                namespace: namespace,
                name: name,
                roleRef: RoleRef(
                    kind: cluster == nil ? "Role" : "ClusterRole",
                    name: cluster ?? values("role").first ?? ""
                ),
                subjects: subjects
            )
        }

        var subjects: [Subject] {
            let api = "rbac.authorization.k8s.io"
            let accounts = list("serviceaccount").map { text in
                let parts = text.split(separator: ":").map(String.init)
                return Subject(kind: "ServiceAccount", name: parts.last ?? "", namespace: parts.first ?? "")
            }
            return accounts + values("user").map { Subject(kind: "User", apiGroup: api, name: $0) }
                + values("group").map { Subject(kind: "Group", apiGroup: api, name: $0) }
        }
    }
}
