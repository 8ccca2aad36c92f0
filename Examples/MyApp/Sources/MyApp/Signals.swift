import Dispatch
import Foundation

/// Calls something when the process gets one of some signals, instead of ending it.
final class Signals {
    private let sources: [any DispatchSourceSignal]

    init(_ numbers: [Int32], _ handler: @escaping @Sendable () -> Void) {
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler(handler: handler)
            source.activate()
            return source
        }
    }

    func cancel() { for source in sources { source.cancel() } }
}
