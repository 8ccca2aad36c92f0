import TestSupport
import RBAC

import Traces

extension SeededGenerator {
    mutating func pick<Element>(_ list: [Element]) -> Element { list[Int.random(in: 0..<list.count, using: &self)] }

    /// A name, sometimes one that no sane person would choose.
    mutating func text() -> String {
        if Int.random(in: 0..<4, using: &self) > 0 {
            return pick(["alice", "system:serviceaccount:demo:op", "system:node:n1", "user@example.com", "a"])
        }
        let parts = [
            "\"", "\\", "é", " ", "<", "&amp;", "\n", "\u{200B}", "x", "'", "日", "cannot list", "\t", ": ", "😀",
        ]
        return (0...Int.random(in: 0..<5, using: &self)).map { _ in pick(parts) }.joined()
    }

    mutating func refusal() -> Refusal {
        if Int.random(in: 0..<6, using: &self) == 0 {
            return Refusal(
                request: RequestAttributes(
                    verb: pick(["get", "post"]),
                    nonResourceURL: pick(["/", "/metrics", "/a \"b\""])
                ),
                user: text()
            )
        }
        let subresource = pick(["", "", "status", "scale", "log"])
        let request = RequestAttributes(
            verb: pick(["get", "list", "deletecollection", "impersonate", "impersonate-on:user-info:list", "use", ""]),
            group: pick(["", "apps", "rbac.authorization.k8s.io", "example.com"]),
            resource: pick(["pods", "deployments", "myapps", "in", "path"]),
            subresource: subresource,
            namespace: pick(["", "demo", "kube-system"]),
            name: pick(["", "x"]) == "" ? "" : text()
        )
        return Refusal(request: request, user: text(), reason: reason())
    }

    private mutating func reason() -> String {
        pick([
            "", "", #"RBAC: role.rbac.authorization.k8s.io "gone" not found"#, "no relationship found",
            "policy \"x\": no\nRBAC: [a, b]",
        ])
    }
}
