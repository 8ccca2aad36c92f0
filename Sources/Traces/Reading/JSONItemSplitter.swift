import Syntax

/// Cuts the objects of a document's top-level array (`{"items": [{…}, {…}]}`, or `[{…}]`) out of a stream of bytes.
///
/// Looks at brackets and quotes alone; whether an item is JSON is for its reader to say.
struct JSONItemSplitter {
    private let maximumItem: Int
    private var stack: [UInt8] = []
    private var isString = false
    private var isEscaped = false
    private var item: [UInt8] = []
    private var isInItem = false
    private(set) var isComplete = false

    init(maximumItem: Int) { self.maximumItem = maximumItem }

    /// Takes one line, and gives the items that end in it.
    mutating func feed(_ line: ArraySlice<UInt8>) throws(JSONError) -> [[UInt8]] {
        var items: [[UInt8]] = []
        for byte in line {
            if isInItem { item.append(byte) }
            if isString {
                if isEscaped { isEscaped = false } else if byte == UInt8(ascii: "\\") { isEscaped = true }
                else if byte == UInt8(ascii: "\"") { isString = false }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if byte == UInt8(ascii: "{"), !isInItem, stack.last == UInt8(ascii: "["), stack.count <= 2 {
                    (isInItem, item) = (true, [byte])
                }
                stack.append(byte)
                guard stack.count <= 200 else { throw JSONError(offset: 0, message: "nested more than 200 levels deep") }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard stack.popLast() != nil else { throw JSONError(offset: 0, message: "a bracket closes nothing") }
                if isInItem, stack.count <= 2, stack.last == UInt8(ascii: "["), byte == UInt8(ascii: "}") {
                    items.append(item)
                    (isInItem, item) = (false, [])
                }
                if stack.isEmpty { isComplete = true }
            default: break
            }
            guard item.count <= maximumItem else {
                throw JSONError(offset: 0, message: "an item is longer than \(maximumItem >> 20) MiB")
            }
        }
        if isInItem, !isString { item.append(0x0A) }
        return items
    }
}
