import Testing

@testable import Diagnosis
@testable import RBAC
@testable import Recorder

/// Which refusals are one, and when a run stands still.
@Suite struct RefusalBookTests {
    private let start = ContinuousClock.now
    private var book: RefusalBook

    init() { book = RefusalBook(at: start) }

    private func refused(
        _ verb: String,
        name: String = "",
        informer: Bool = false,
        status: Int = 403,
        _ message: String? = nil
    ) -> RefusedCall {
        let request = RequestAttributes(verb: verb, version: "v1", resource: "secrets", namespace: "a", name: name)
        let words = "User \"u\" cannot \(verb) resource \"secrets\" in API group \"\" in the namespace \"a\""
        return RefusedCall(
            request,
            isInformer: informer,
            status: status,
            message: message ?? "secrets is forbidden: \(words)"
        )
    }

    @Test mutating func namesAreOneKind() {
        #expect(book.add(refused("get", name: "x")) == 0)
        #expect(book.add(refused("get", name: "y")) == nil)
        #expect(book.add(refused("delete", name: "y")) == 1)
        #expect(book.count == 3)
        #expect(book.entries.map(\.count) == [2, 1])
    }

    @Test mutating func anInformersListAndWatchAreToldTogether() {
        #expect(book.add(refused("watch", informer: true)) == 0)
        #expect(book.add(refused("list", informer: true)) == nil)
        #expect(book.add(refused("list")) == nil)
    }

    @Test mutating func anotherReasonIsAnotherRefusal() {
        #expect(book.add(refused("create")) == 0)
        let quota =
            "secrets \"s\" is forbidden: exceeded quota: q, requested: secrets=1, used: secrets=0, limited: secrets=0"
        #expect(book.add(refused("create", quota)) == 1)
    }

    @Test mutating func whoMayNotImpersonateIsToldOnce() {
        func refusal(_ verb: String) -> RefusedCall {
            let words =
                "User \"u\" cannot impersonate-on:serviceaccount:\(verb) resource \"secrets\" in API group \"\" "
            return refused(verb, "secrets is forbidden: \(words)at the cluster scope")
        }
        #expect(book.add(refusal("get")) == 0)
        #expect(book.add(refusal("list")) == nil)
    }

    @Test mutating func anObjectThatIsNotThereIsNoRefusal() {
        #expect(book.add(refused("get", status: 404, "secrets \"x\" not found")) == nil)
        #expect(book.count == 0)
        #expect(book.add(refused("list", status: 404, "the server could not find the requested resource")) == 0)
    }

    @Test mutating func whatNobodyCanExplainIsLookedAtAgainAFewTimes() {
        let call = refused("list", status: 404, "the server could not find the requested resource")
        for place in 0..<5 {
            #expect(book.add(call) == place)
            book.doubt(place)
        }
        #expect(book.add(call) == nil)
    }

    @Test mutating func whatWasMendedIsNewWhenItComesAgain() {
        let call = refused("list", informer: true)
        #expect(book.add(call) == 0)
        book.forget([call])
        #expect(book.add(call) == 1)
    }

    @Test mutating func aRefusedInformerAndNothingElseIsAStandstill() {
        #expect(book.standstill(at: start + .seconds(60)) == nil)
        _ = book.add(refused("list", informer: true))
        #expect(book.standstill(at: start + .seconds(20)) == nil)
        #expect(book.standstill(at: start + .seconds(31))?.request.verb == "list")
        // A leader renews its lease whatever else stands still.
        let lease = ObservedCall(
            method: "PUT",
            target: "/apis/coordination.k8s.io/v1/namespaces/a/leases/l",
            status: 200
        )
        book.progressed(lease, at: start + .seconds(30))
        #expect(book.standstill(at: start + .seconds(31)) != nil)
        book.progressed(ObservedCall(method: "GET", target: "/api/v1/pods", status: 200), at: start + .seconds(30))
        #expect(book.standstill(at: start + .seconds(31)) == nil)
    }
}
