import RBAC
import Testing

/// Who asks: service accounts by name, impersonated users.
struct IdentityTests {
    private static let account = "system:serviceaccount:demo:op"

    @Test(
        arguments: [
            ("jane", [], ["system:authenticated"]),
            ("jane", ["dev"], ["dev", "system:authenticated"]),
            ("jane", ["system:authenticated", "dev"], ["system:authenticated", "dev"]),
            ("jane", ["system:unauthenticated"], ["system:unauthenticated"]),
            (account, [], ["system:serviceaccounts", "system:serviceaccounts:demo", "system:authenticated"]),
            (account, ["dev"], ["dev", "system:authenticated"]),
            ("system:anonymous", [], ["system:unauthenticated"]),
            ("system:anonymous", ["dev"], ["dev", "system:unauthenticated"]),
            ("system:anonymous", ["system:unauthenticated"], ["system:unauthenticated"]),
            ("system:node:n1", [], ["system:authenticated"]),
            ("system:serviceaccount:demo", [], ["system:authenticated"]),
        ] as [(String, [String], [String])]
    )
    func `Groups of an impersonated user`(_ name: String, _ given: [String], _ groups: [String]) {
        #expect(UserInfo.impersonated(name: name, groups: given) == UserInfo(name: name, groups: groups))
    }

    @Test func `A service account by its user name`() {
        let account = ServiceAccountName(userName: Self.account)
        #expect(account == ServiceAccountName(namespace: "demo", name: "op"))
        #expect(account?.userName == Self.account)
        #expect(account?.description == "demo/op")
        #expect(account?.user == UserInfo.impersonated(name: Self.account))
    }

    @Test(arguments: [
        "", "op", "system:serviceaccount:", "system:serviceaccount:demo", "system:serviceaccount:demo:",
        "system:serviceaccount::op", "system:serviceaccount:demo:op:x", "System:serviceaccount:demo:op",
        "xsystem:serviceaccount:demo:op", "system:serviceaccounts:demo:op",
    ])
    func `No service account`(_ name: String) {
        #expect(ServiceAccountName(userName: name) == nil)
    }
}
