import NIOCore
import Syntax
import Testing

@testable import Recorder

/// `blockOwnerDeletion` in what a client writes.
@Suite struct OwnerReferenceTests {
    private func owners(_ bytes: [UInt8], chunk: Int = 1000) -> Set<BlockingOwner> {
        var tap = OwnerReferenceTap()
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            tap.append(ByteBuffer(bytes: bytes[start..<min(start + chunk, bytes.count)]))
        }
        return tap.take()
    }

    private let app = BlockingOwner(apiVersion: "example.com/v1", kind: "MyApp")

    @Test func inJSON() {
        let text = """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","ownerReferences":[
            {"apiVersion":"example.com/v1","kind":"MyApp","name":"a","uid":"u","controller":true,"blockOwnerDeletion":true},
            {"apiVersion":"v1","kind":"ConfigMap","name":"b","uid":"v"}]},"spec":{}}
            """
        #expect(owners(Array(text.utf8)) == [app])
        #expect(owners(Array(text.utf8), chunk: 7) == [app])
        #expect(owners(Array(text.utf8.dropLast(5))) == [app])
        #expect(app.group == "example.com")
    }

    @Test func inYAML() {
        let text = """
            kind: Deployment
            metadata:
              ownerReferences:
              - {apiVersion: example.com/v1, kind: MyApp, name: a, uid: u, blockOwnerDeletion: true}

            """
        #expect(owners(Array(text.utf8)) == [app])
    }

    @Test func inProtobuf() {
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }
        let reference =
            field(1, Array("MyApp".utf8)) + field(3, Array("a".utf8)) + field(5, Array("example.com/v1".utf8))
            + [6 << 3, 1, 7 << 3, 1]
        let metadata = field(1, Array("web".utf8)) + field(13, reference)
        let object = field(1, metadata)
        let body = ProtobufObject.prefix + field(1, []) + field(2, object)
        #expect(owners(body) == [app])
        for length in body.indices { _ = owners(Array(body[..<length])) }
    }

    @Test func aLargeBodyIsLookedAtInItsBeginning() {
        let start =
            #"{"metadata":{"ownerReferences":[{"apiVersion":"example.com/v1","kind":"MyApp","blockOwnerDeletion":true}]},"#
        let text = start + #""data":{"a":""# + String(repeating: "x", count: 2 << 20) + #""}}"#
        #expect(owners(Array(text.utf8), chunk: 1 << 16) == [app])
    }

    @Test func nothingElseIsTaken() {
        #expect(owners(Array("[]".utf8)) == [])
        #expect(owners(Array("not: [yaml".utf8)) == [])
        #expect(owners([]) == [])
        #expect(owners(Array(#"{"metadata":{"ownerReferences":null}}"#.utf8)) == [])
    }

    @Test(arguments: [("MyApp", "myapps"), ("Ingress", "ingresses"), ("Policy", "policies")])
    func unknownKindsAreGuessed(_ kind: String, _ plural: String) {
        #expect(OwnerKinds.guess(kind) == plural)
    }
}
