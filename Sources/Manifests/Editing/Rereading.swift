package import Syntax
import RBAC

extension ManifestSet {
    /// The same set with the rules and bindings that changed texts hold now. Names of objects stay as they are; references
    /// that changed get the names that kustomize gives to what they refer to.
    ///
    /// - Parameter changed: texts by the names in the ranges; each holds the same objects in the same order as before.
    /// - Throws: `InputError` where a text is no manifest any more.
    package func rereading(_ changed: [String: String]) throws(InputError) -> ManifestSet {
        var result = self
        for (file, text) in changed {
            let before = try Self.objects(in: texts[file] ?? "", file: file)
            let after = try Self.objects(in: text, file: file)
            guard before.roles.count == after.roles.count, before.bindings.count == after.bindings.count else {
                throw InputError(
                    file: file,
                    message: "the edited text holds other objects than before",
                    hint: "edit it by hand"
                )
            }
            for (old, new) in zip(before.roles, after.roles) { result.update(old, new) }
            for (old, new) in zip(before.bindings, after.bindings) { result.update(old, new) }
        }
        result.texts.merge(changed) { $1 }
        return result
    }

    private static func objects(
        in text: String,
        file: String
    ) throws(InputError) -> (roles: [RoleManifest], bindings: [BindingManifest]) {
        var reader = ObjectReader(isNamed: false)
        for document in try YAMLParser.documents(Array(text.utf8), file: file) { try reader.read(document) }
        var roles: [RoleManifest] = []
        var bindings: [BindingManifest] = []
        for object in reader.objects {
            switch object.content {
            case .role(let role): roles.append(role)
            case .binding(let binding): bindings.append(binding)
            default: continue
            }
        }
        return (roles, bindings)
    }

    private mutating func update(_ old: RoleManifest, _ new: RoleManifest) {
        for index in roles.indices where roles[index].range == old.range {
            roles[index].rules = new.rules
            roles[index].range = new.range
            roles[index].nameRange = new.nameRange
        }
    }

    private mutating func update(_ old: BindingManifest, _ new: BindingManifest) {
        for index in bindings.indices where bindings[index].range == old.range {
            if new.roleRef != old.roleRef { bindings[index].roleRef = final(new.roleRef) }
            for position in new.subjects.indices {
                let isSame = old.subjects.indices.contains(position) && old.subjects[position] == new.subjects[position]
                if isSame { continue }
                let subject = final(new.subjects[position])
                if bindings[index].subjects.indices.contains(position) {
                    bindings[index].subjects[position] = subject
                } else {
                    bindings[index].subjects.append(subject)
                }
            }
            bindings[index].range = new.range
            bindings[index].nameRange = new.nameRange
            bindings[index].roleRefRange = new.roleRefRange
            bindings[index].subjectRanges = new.subjectRanges
        }
    }

    /// The reference with the name that the cluster will have.
    private func final(_ reference: RoleRef) -> RoleRef {
        let role = roles.first { $0.kind.rawValue == reference.kind && $0.identity.nameInFile == reference.name }
        var result = reference
        if let role { result.name = role.identity.name }
        return result
    }

    private func final(_ subject: Subject) -> Subject {
        let account = serviceAccounts.first {
            $0.identity.nameInFile == subject.name && $0.identity.namespaceInFile == subject.namespace
        }
        guard subject.kind == "ServiceAccount", let account else { return subject }
        var result = subject
        result.name = account.identity.name
        if !account.identity.namespace.isEmpty { result.namespace = account.identity.namespace }
        return result
    }
}
