import Testing

@testable import Traces

/// Texts in which nothing was refused, or not by an API server: nothing is found in them.
struct OrdinaryTextTests {
    @Test(arguments: texts)
    func nothingIsFound(text: String) {
        var scanner = LogScanner(lookup: .testing)
        scanner.scan(text)
        #expect(scanner.found().entries.isEmpty, "\(scanner.found().entries.map(\.message))")
    }

    private static let texts = logs + others + prose + code

    /// Operators, kubelets and their kind.
    private static let logs = [
        #"I1123 08:52:44.947983   32223 controllermanager.go:211] "Starting" version="v1.36.2""#,
        #"I1123 08:52:45.021259   32223 shared_informer.go:402] "Waiting for caches to sync""#,
        #"I1123 08:52:46.000000   32223 shared_informer.go:409] "Caches are synced" controller="crt configmap""#,
        #"{"level":"info","ts":"2026-07-13T10:02:13Z","msg":"Starting EventSource","source":"kind source: *v1.Pod"}"#,
        #"2024-04-19T10:47:10.774+0800 INFO setup starting manager"#,
        #"E0513 1 reflector.go:148] pkg/x.go:1: Failed to watch *v1.Pod: failed to list *v1.Pod: Get "https://10.0.0.1:443/api/v1/pods?limit=500&resourceVersion=0": dial tcp 10.0.0.1:443: connect: connection refused"#,
        #"W0513 1 reflector.go:484] watch of *v1.ConfigMap ended with: an error on the server ("unable to decode an event from the watch stream: http2: client connection lost") has prevented the request from succeeding"#,
        #"E0513 1 controller.go:1] Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again"#,
        #"pods "web-1" not found"#,
        #"I0514 1 event.go:307] "Event occurred" object="demo/web" kind="Deployment" reason="ScalingReplicaSet" message="Scaled up replica set web to 1""#,
        #"kubelet[4056]: E0528 14:45:22.460641 pod_workers.go:191] Error syncing pod: failed to "StartContainer" for "app" with ImagePullBackOff"#,
        #"Warning: would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false)"#,
        #"The Deployment "web" is invalid: spec.selector: Invalid value: v1.LabelSelector{}: field is immutable"#,
        #"Ingress.networking.k8s.io "x" is invalid: spec.rules[0].host: Forbidden: wildcard host is not allowed"#,
        #"Release "web" has been upgraded. Happy Helming!"#,
        #"I0101 httplog.go:132] "HTTP" verb="LIST" URI="/api/v1/pods?limit=500" latency="1ms" userAgent="kubectl" srcIP="10.0.0.1:1" resp=200"#,
        #"level=info msg="request denied by policy" user=alice action=read"#,
        #"I0214 round_trippers.go:632] "Response" verb="GET" url="https://127.0.0.1:6443/api/v1/secrets" status="404 Not Found" milliseconds=1"#,
        #"Waiting for deployment "web" rollout to finish: 0 of 1 updated replicas are available..."#,
    ]

    /// Others that refuse: registries, clouds, databases, web servers.
    private static let others = [
        #"Failed to pull image "ghcr.io/acme/x:1": failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://ghcr.io/token?scope=x: 403 Forbidden"#,
        #"Error response from daemon: Get "https://registry.example.com/v2/": unauthorized: authentication required"#,
        #"pulling image: unexpected status code 401 Unauthorized"#,
        #"level=error msg="AccessDenied: Access Denied\n\tstatus code: 403, request id: 9c44""#,
        #"googleapi: Error 403: Required "container.clusters.get" permission(s) for "projects/demo".,forbidden"#,
        #"rpc error: code = PermissionDenied desc = permission denied: applications, sync, default/x"#,
        #"retrying failed action with response code: 403 ({"type"=>"cluster_block_exception", "reason"=>"blocked by: [FORBIDDEN/12/index read-only];"})"#,
        #"10.0.0.1 - - [10/Oct/2026:13:55:36 +0000] "GET /admin HTTP/1.1" 403 153 "-" "curl/8.0" Forbidden"#,
        #"10.0.0.1 "GET /api/v1/query?query=up HTTP/1.1" 403 Forbidden"#,
        #"POST https://hooks.example.com/services/x: 403 Forbidden"#,
        #"remote: HTTP Basic: Access denied; fatal: Authentication failed for 'https://git.example.com/x.git/': Unauthorized"#,
        #"vault: Error making API request: permission denied. Code: 403"#,
        #"User "bob" cannot login: account locked"#,
        #"Error: cannot delete resource "aws_instance.web": dependency violation"#,
        #"Error: the resource "vpc" is forbidden: outside of your organisation"#,
        #"oauth2: "invalid_grant" "Unauthorized client": 401 Unauthorized"#,
    ]

    /// Documentation, questions, tickets.
    private static let prose = [
        "RBAC is additive: there are no deny rules, and a user cannot list what no role grants.",
        "A Role in one namespace cannot grant access in another. Anything else is forbidden.",
        "If you see Forbidden errors, check that the service account is bound to the role.",
        "The message has the form `User \"<user>\" cannot <verb> resource \"<resource>\" in API group \"<group>\"`.",
        "`pods is forbidden: User %q cannot %s resource %q in API group %q at the cluster scope`",
        "`Forbidden (user=<u>, verb=<v>, resource=<r>, subresource=<s>)` is what the kubelet says.",
        "`admission webhook \"<w>\" denied the request: <text>` names the webhook.",
        "- `user \"<u>\" (groups=[...]) is attempting to grant RBAC permissions not currently held:`",
        "| resource, namespaced | `User \"U\" cannot V resource \"R[/S]\" in API group \"G\" in the namespace \"NS\"` |",
        "`requested … without impersonating a user name` is a 400.",
        "Users cannot create resources in API groups that are not installed.",
        "Requests that exceed the quota are rejected with 403 Forbidden and a message.",
        "An admission webhook may deny the request; see the documentation of ValidatingWebhookConfiguration.",
        "Unauthorized access is prohibited.",
        "The API server answers 401 Unauthorized where the token is wrong and 403 Forbidden where a permission is missing.",
        "You cannot set blockOwnerDeletion without the right to update finalizers.",
        "# Escalation\nNobody is allowed to grant permissions that they do not hold.",
    ]

    /// Source code in which such messages are made or looked for.
    private static let code = [
        #"return fmt.Errorf("User %q cannot %s resource %q in API group %q", u, v, r, g)"#,
        #"if apierrors.IsForbidden(err) { return ctrl.Result{}, fmt.Errorf("forbidden: %w", err) }"#,
        #"if strings.Contains(err.Error(), "is forbidden") { t.Fatal(err) }"#,
        #"msg := fmt.Sprintf("user %q (groups=%q) is attempting to grant RBAC permissions not currently held:\n%s", n, g, m)"#,
        #"return admission.NewForbidden(a, fmt.Errorf("cannot set an ownerRef on a resource you can't delete: %v, %v", r, err))"#,
        #"case http.StatusUnauthorized: return errUnauthorized"#,
        #"wantString: `Deny(reason="condition \"deny-1\" denied the request")`,"#,
        #"const Forbidden = 403 // http.StatusForbidden"#,
        "//+kubebuilder:rbac:groups=\"\",resources=secrets,verbs=get;list;watch",
    ]
}
