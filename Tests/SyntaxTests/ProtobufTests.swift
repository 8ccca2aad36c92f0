import Foundation
import TestSupport
import Testing

@testable import Syntax

@Suite struct ProtobufTests {
    private static let lengths = [0, 1, 10, 126, 127, 128, 129, 300, 16_383, 16_384, 70_000]

    /// Texts and messages of every length come back as they were written, however deep.
    @Test(arguments: lengths) func whatIsWrittenIsRead(_ length: Int) throws {
        let written = String(repeating: "é", count: length / 2) + String(repeating: "x", count: length % 2)
        let bytes = ProtobufObject.bytes("v1", "Thing") { object in
            object.add(1, written)
            object.add(2) { inner in
                inner.add(3) { innermost in innermost.add(15, written) }
                inner.add(4, "end")
            }
        }
        let object = try #require(ProtobufObject(bytes))
        #expect(object.kind == "Thing" && object.isWhole)
        func text(_ bytes: ArraySlice<UInt8>?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
        var reader = ProtobufReader(object.raw)
        // An empty text is a field that is not there.
        let first = length > 0 ? reader.next()?.bytes : []
        #expect(text(first) == written)
        let second = reader.field(2)
        var inner = ProtobufReader(try #require(second))
        let third = inner.field(3)
        var innermost = ProtobufReader(try #require(third))
        let (deep, end) = (innermost.field(15), inner.field(4))
        #expect(text(deep) ?? "" == written && text(end) == "end")
        let isAtEnd = reader.next() == nil
        #expect(isAtEnd && !reader.isBroken && !inner.isBroken && !innermost.isBroken)
    }

    /// Numbers of every kind are passed over, and a varint is read to its last byte.
    @Test func numbers() {
        var reader = ProtobufReader(
            [0x08, 0x96, 0x01, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1D, 1, 2, 3, 4, 0x22, 1, 0x41][...]
        )
        var fields: [ProtobufReader.Field] = []
        while let field = reader.next() { fields.append(field) }
        #expect(fields.map(\.number) == [1, 2, 3, 4])
        #expect(fields[0].value == 150)
        #expect(fields.map { $0.bytes.map(Array.init) } == [nil, nil, nil, [0x41]])
        #expect(!reader.isBroken)
    }

    /// What is cut is read as far as it goes, and known to be cut; what is broken is no crash.
    @Test func cutAndBroken() throws {
        let whole = ProtobufObject.bytes("v1", "Thing") { $0.add(2) { $0.add(1, "some text") } }
        for length in 0..<whole.count {
            let cut = ProtobufObject(Array(whole[..<length]))
            #expect(cut == nil || cut?.isWhole == false, "\(length)")
        }
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let length = Int.random(in: 0..<24, using: &random)
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            var reader = ProtobufReader(bytes[...])
            var count = 0
            while reader.next() != nil { count += 1 }
            #expect(count <= bytes.count)
            _ = ProtobufObject(ProtobufObject.prefix + bytes)
        }
    }
}
