/// How the refusals of admission begin, after `is forbidden: `.
///
/// Kubernetes: the plugins below `plugin/pkg/admission` and `k8s.io/apiserver/pkg/admission/plugin`.
struct AdmissionForm: Sendable {
    let decider: Admission.Decider
    /// What the refusal begins with; a name may follow.
    let beginning: String
    /// What it holds further on, for beginnings that say little.
    let containing: String

    init(_ decider: Admission.Decider, _ beginning: String, containing: String = "") {
        self.decider = decider
        self.beginning = beginning
        self.containing = containing
    }

    static let all: [AdmissionForm] = [
        AdmissionForm(.quota, "exceeded quota"),
        AdmissionForm(.quota, "failed quota: "),
        AdmissionForm(.quota, "status unknown for quota: "),
        AdmissionForm(.quota, "insufficient quota to "),
        AdmissionForm(.quota, "insufficient quota to match"),
        AdmissionForm(.terminatingNamespace, "unable to create new content in namespace "),
        AdmissionForm(.protectedNamespace, "this namespace may not be deleted"),
        AdmissionForm(.podSecurity, "violates PodSecurity "),
        AdmissionForm(.securityContextConstraints, "unable to validate against any security context constraint"),
        AdmissionForm(.securityContextConstraints, "unable to validate against any pod security policy"),
        AdmissionForm(.securityContextConstraints, "no providers available to validate pod"),
        AdmissionForm(.policy, "ValidatingAdmissionPolicy "),
        AdmissionForm(.policy, "MutatingAdmissionPolicy "),
        AdmissionForm(.policy, "policy ", containing: "denied request"),
        AdmissionForm(.limitRange, "minimum ", containing: " usage per "),
        AdmissionForm(.limitRange, "maximum ", containing: " usage per "),
        AdmissionForm(.limitRange, "", containing: " max limit to request ratio per "),
        AdmissionForm(.priority, "no PriorityClass with name "),
        AdmissionForm(.priority, "pods with ", containing: "priorityClass is not permitted in "),
        AdmissionForm(.priority, "the integer value of priority "),
        AdmissionForm(.serviceAccount, "error looking up service account "),
        AdmissionForm(.serviceAccount, "service account ", containing: " was not found"),
        AdmissionForm(.serviceAccount, "no API token found for service account "),
        AdmissionForm(.serviceAccount, "no service account specified for pod"),
        AdmissionForm(.serviceAccount, "volume with secret.secretName=", containing: "service account"),
        AdmissionForm(.serviceAccount, "imagePullSecrets", containing: "service account"),
        AdmissionForm(.runtimeClass, "pod rejected: RuntimeClass "),
        AdmissionForm(.nodeSelector, "pod node label selector "),
        AdmissionForm(.nodeSelector, "pod does not match"),
        AdmissionForm(.imagePolicy, "image policy webhook backend denied"),
        AdmissionForm(.imagePolicy, "", containing: "imagePullPolicy: Unsupported value"),
        AdmissionForm(.certificateSubject, "use of ", containing: "is not allowed"),
        AdmissionForm(.externalIPs, "spec.externalIPs", containing: "Forbidden"),
        AdmissionForm(.notReady, "not yet ready to handle request"),
        AdmissionForm(.nodeRestriction, "node ", containing: "is not allowed to "),
        AdmissionForm(.nodeRestriction, "node ", containing: "can only "),
        AdmissionForm(.nodeRestriction, "is not allowed to modify labels"),
        AdmissionForm(.nodeRestriction, "can only access node lease"),
        AdmissionForm(.nodeRestriction, "could not determine "),
        AdmissionForm(.nodeRestriction, "cannot create ", containing: "mirror pod"),
        AdmissionForm(.nodeRestriction, "can only create ", containing: "node"),
    ]
}

extension NoticeText {
    /// The admission refusal whose text, after `is forbidden: `, starts at `index`.
    func admission(at index: Int) -> (decider: Admission.Decider, name: String)? {
        // Several errors of one plugin come in brackets.
        let start = starts("[", at: index) ?? index
        let near = bytes[..<min(bytes.endIndex, start + Self.reach)]
        for form in AdmissionForm.all {
            guard let end = starts(form.beginning, at: start),
                form.containing.isEmpty || find(form.containing, in: near, from: start) != nil
            else { continue }
            return (form.decider, name(at: starts(": ", at: end) ?? end))
        }
        return nil
    }

    /// The name that stands at `index`: in quotes of any kind, or up to what can't be part of a name.
    func name(at index: Int) -> String {
        guard index < bytes.endIndex else { return "" }
        let first = bytes[index]
        let near = bytes[index..<min(bytes.endIndex, index + Self.reach)]
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            return text(index + 1..<(near.dropFirst().firstIndex(of: first) ?? near.endIndex))
        }
        let end = near.firstIndex { $0 <= UInt8(ascii: " ") || ",:;\"'".utf8.contains($0) }
        return text(index..<(end ?? near.endIndex))
    }
}
