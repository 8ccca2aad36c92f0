import Syntax

/// Reads which service account a workload runs under. Kubernetes: `core/v1.PodSpec`.
struct WorkloadReader {
    let header: ObjectHeader

    /// The account's name, `default` where none is named; whether it stands in the field that kustomize renames.
    func account() throws(InputError) -> (name: String, isRenamed: Bool) {
        let path =
            header.kind == "CronJob"
            ? ["spec", "jobTemplate", "spec", "template", "spec"] : ["spec", "template", "spec"]
        var fields: Node.Mapping? = header.object
        var place = ""
        for key in path {
            place += place.isEmpty ? key : ".\(key)"
            fields = try fields?.value(key)?.fields(place)
        }
        let current = try fields?.value("serviceAccountName")?.text("serviceAccountName") ?? ""
        if !current.isEmpty { return (current, true) }
        // The field's former name is still read where the new one is empty.
        let former = try fields?.value("serviceAccount")?.text("serviceAccount") ?? ""
        return (former.isEmpty ? "default" : former, false)
    }
}
