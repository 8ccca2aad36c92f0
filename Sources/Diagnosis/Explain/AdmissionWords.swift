import Traces

/// `admission-refused`: what it is, who decides, and where to look. No role mends it.
enum AdmissionWords {
    static func fill(_ refusal: inout ExplainReport.Refusal, _ admission: Admission, _ notice: Notice) {
        let words = words(admission)
        let object =
            admission.resource.isEmpty
            ? "the request"
            : "`\(admission.resource)`" + (admission.object.isEmpty ? "" : " `\(admission.object)`")
        refusal.title = "\(object) is refused by \(words.decider)"
        refusal.explanation = "\(words.explanation) The caller was allowed to ask: no role changes the answer."
        refusal.remedy = Remedy(summary: words.remedy, commands: words.commands)
    }

    private struct Words {
        var decider: String
        var explanation: String
        var remedy: String
        var commands: [String] = []
    }

    private static func words(_ admission: Admission) -> Words {
        let name = admission.name
        let quoted = name.isEmpty ? "" : " `\(name)`"
        switch admission.decider {
        case .quota:
            return Words(
                decider: "the resource quota\(quoted)",
                explanation:
                    "A ResourceQuota of the namespace is used up, or wants requests and limits that are not set.",
                remedy: "raise the quota, free what it counts, or set what it wants",
                commands: ["kubectl describe resourcequota -n NAMESPACE"]
            )
        case .podSecurity:
            return Words(
                decider: "Pod Security at level\(quoted)",
                explanation:
                    "The namespace's label `pod-security.kubernetes.io/enforce` asks for more than the pod keeps to.",
                remedy: "set the pod's securityContext as the text says, or lower the namespace's level",
                commands: ["kubectl get namespace NAMESPACE --show-labels"]
            )
        case .securityContextConstraints:
            return Words(
                decider: "OpenShift's security context constraints",
                explanation:
                    "No constraint that the pod's service account may use allows this pod. Which it may use is granted by "
                    + "the verb `use` on securitycontextconstraints.",
                remedy:
                    "set the pod's securityContext as the text says, or let the service account use another constraint",
                commands: ["oc adm policy scc-subject-review -f POD.yaml"]
            )
        case .policy:
            return Words(
                decider: "the admission policy\(quoted)",
                explanation: "A ValidatingAdmissionPolicy's expression says no.",
                remedy: "change the object as the policy's message says, or the policy",
                commands: ["kubectl get validatingadmissionpolicy \(shellWord(name.isEmpty ? "NAME" : name)) -o yaml"]
            )
        case .webhook:
            return Words(
                decider: "the admission webhook\(quoted)",
                explanation: "A program that the cluster asks about objects of this kind says no, for its own reason.",
                remedy: "change the object as its message says, or ask whoever runs the webhook",
                commands: ["kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o wide"]
            )
        case .webhookUnreachable:
            return Words(
                decider: "the API server, which could not ask the admission webhook\(quoted)",
                explanation:
                    "Its failure policy is `Fail`, and the call to it failed: no pod behind the service, a wrong certificate, or "
                    + "no route.",
                remedy: "look at the webhook's pods, service and certificate",
                commands: ["kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o yaml"]
            )
        case .terminatingNamespace:
            return Words(
                decider: "the lifecycle of namespace\(quoted)",
                explanation: "The namespace is being deleted: nothing new is made in it.",
                remedy: "stop creating there, or find the finalizer that keeps the namespace",
                commands: ["kubectl get namespace \(shellWord(name.isEmpty ? "NAMESPACE" : name)) -o yaml"]
            )
        case .protectedNamespace:
            return Words(
                decider: "the lifecycle of namespaces",
                explanation: "`default`, `kube-system` and `kube-public` are never deleted.",
                remedy: "delete what is in it instead"
            )
        case .limitRange:
            return Words(
                decider: "a limit range",
                explanation:
                    "A LimitRange of the namespace bounds what a pod or container may request and be limited to.",
                remedy: "change the requests and limits as the text says, or the limit range",
                commands: ["kubectl describe limitrange -n NAMESPACE"]
            )
        case .nodeRestriction:
            return Words(
                decider: "the admission plugin NodeRestriction",
                explanation: "A kubelet changes its own node and the pods on it, and of these not everything.",
                remedy: "let somebody other than the node's own identity do it"
            )
        default: return rarer(admission.decider, quoted)
        }
    }

    private static func rarer(_ decider: Admission.Decider, _ quoted: String) -> Words {
        switch decider {
        case .priority:
            return Words(
                decider: "the priority of pods",
                explanation:
                    "The PriorityClass does not exist, or a quota keeps it for other namespaces (`system-*-critical` are "
                    + "limited so on some clusters).",
                remedy: "name another PriorityClass, or add a ResourceQuota that allows this one in the namespace",
                commands: ["kubectl get priorityclasses"]
            )
        case .serviceAccount:
            return Words(
                decider: "the admission plugin ServiceAccount",
                explanation: "The service account that the pod names is not there, or may not be used so.",
                remedy: "create the service account\(quoted), or name another",
                commands: ["kubectl get serviceaccounts -n NAMESPACE"]
            )
        case .runtimeClass:
            return Words(
                decider: "the runtime class\(quoted)",
                explanation: "The pod names a RuntimeClass that is not there or contradicts it.",
                remedy: "create it, or name another",
                commands: ["kubectl get runtimeclasses"]
            )
        case .nodeSelector:
            return Words(
                decider: "the node selector of the namespace",
                explanation: "The namespace is kept to some nodes, and the pod selects others.",
                remedy: "change the pod's nodeSelector, or the namespace's annotation"
            )
        case .imagePolicy:
            return Words(
                decider: "a policy about images",
                explanation: "The image, or how it is pulled, is not accepted here.",
                remedy: "name an image, or a pull policy, that the text allows"
            )
        case .certificateSubject:
            return Words(
                decider: "the admission plugin CertificateSubjectRestriction",
                explanation: "A certificate for this group may not be requested from that signer.",
                remedy: "leave the group out of the certificate's subject"
            )
        case .externalIPs:
            return Words(
                decider: "the admission plugin DenyServiceExternalIPs",
                explanation: "Services here may not claim external addresses.",
                remedy: "use a load balancer or an ingress instead"
            )
        case .notReady:
            return Words(
                decider: "an admission plugin that is not ready yet",
                explanation: "The API server has just started and its caches are not filled.",
                remedy: "try again"
            )
        default:
            return Words(
                decider: "an admission plugin",
                explanation: "A 403 that names no user and no verb comes from admission, which looks at the object.",
                remedy: "read its reason in the message; it names what the object must be like"
            )
        }
    }
}
