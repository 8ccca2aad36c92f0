import RBAC

/// Does what `kubectl` commands do to a cluster's roles and bindings, as far as remedies use it.
struct KubectlReader {
    typealias Failure = RemedyReader.Failure

    var cluster: ObjectSet
    /// What `kubectl apply` of the files, or `make deploy`, brings.
    let files: ObjectSet

    mutating func run(_ command: String) throws {
        let lines = command.split(separator: "\n", maxSplits: 1)
        var words = try Self.words(lines.first ?? "")
        guard let program = words.first else { throw Failure(description: "an empty command") }
        words.removeFirst()
        if program == "make" {
            guard words.first == "deploy" else { throw Failure(description: "no roles come from: \(command)") }
            return try apply(files)
        }
        guard program == "kubectl", let verb = words.first else { throw Failure(description: "what is \(command)?") }
        words.removeFirst()
        var options = Options(words)
        switch verb {
        case "apply" where lines.count > 1: try apply(RemedyReader.load(Self.hereDocument(lines[1])))
        case "apply": try apply(files)
        case "create": try create(&options)
        case "delete": try delete(options)
        case "set": try setSubject(options)
        case "label": try label(options)
        default: throw Failure(description: "what is \(command)?")
        }
    }

    private static func hereDocument(_ text: Substring) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).filter { $0 != "EOF" }.joined(separator: "\n")
    }

    /// The words of a shell command without expansions.
    private static func words(_ line: Substring) throws -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        for character in line {
            switch character {
            case "'":
                isQuoted.toggle()
                word = word ?? ""
            case " " where !isQuoted:
                if let done = word { words.append(done) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        guard !isQuoted else { throw Failure(description: "an open quote in \(line)") }
        return words + (word.map { [$0] } ?? [])
    }

    // MARK: - Commands

    private mutating func apply(_ objects: ObjectSet) throws {
        for role in objects.roles where !role.isBuiltIn {
            if let index = cluster.roles.firstIndex(where: { $0.isSame(as: role) }) {
                cluster.roles[index] = role
            } else {
                cluster.roles.append(role)
            }
        }
        for binding in objects.bindings {
            guard let index = cluster.bindings.firstIndex(where: { $0.isSame(as: binding) }) else {
                cluster.bindings.append(binding)
                continue
            }
            guard cluster.bindings[index].roleRef == binding.roleRef else {
                throw Failure(description: "cannot change roleRef of \(binding.name)")
            }
            cluster.bindings[index] = binding
        }
    }

    private mutating func create(_ options: inout Options) throws {
        switch options.kind {
        case "clusterrole", "role":
            let role = try options.role()
            guard !cluster.roles.contains(where: { $0.isSame(as: role) }) else {
                throw Failure(description: "\(role.role.name) already exists")
            }
            cluster.roles.append(role)
        case "clusterrolebinding", "rolebinding":
            let binding = options.binding(subjects: options.subjects)
            guard !cluster.bindings.contains(where: { $0.isSame(as: binding) }) else {
                throw Failure(description: "\(binding.name) already exists")
            }
            cluster.bindings.append(binding)
        default: throw Failure(description: "cannot create \(options.kind)")
        }
    }

    private mutating func delete(_ options: Options) throws {
        let binding = options.binding(subjects: [])
        let count = cluster.bindings.count
        cluster.bindings.removeAll { $0.isSame(as: binding) }
        guard cluster.bindings.count < count || options.flags.contains("--ignore-not-found") else {
            throw Failure(description: "\(binding.name) not found")
        }
    }

    private mutating func setSubject(_ options: Options) throws {
        let options = Options(Array(options.words.dropFirst()))
        let binding = options.binding(subjects: options.subjects)
        guard let index = cluster.bindings.firstIndex(where: { $0.isSame(as: binding) }) else {
            throw Failure(description: "\(binding.name) not found")
        }
        cluster.bindings[index].subjects += binding.subjects
    }

    private mutating func label(_ options: Options) throws {
        guard options.kind == "clusterrole",
            let index = cluster.roles.firstIndex(where: { $0.role.kind == .clusterRole && $0.role.name == options.name }
            )
        else { throw Failure(description: "no ClusterRole \(options.name) to label") }
        for label in options.plain.dropFirst(2) {
            let parts = label.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw Failure(description: "no label: \(label)") }
            cluster.roles[index].labels[parts[0]] = parts[1]
        }
    }
}

extension Binding {
    fileprivate func isSame(as other: Binding) -> Bool {
        kind == other.kind && namespace == other.namespace && name == other.name
    }
}
